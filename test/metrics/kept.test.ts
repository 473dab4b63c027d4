import { afterEach, describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import { readAgain } from '../support/change-history.ts'
import { startProgram } from '../support/program.ts'
import { firstOf } from '../support/rewriting.ts'
import { sampleValue } from '../support/samples.ts'
import { type SandboxFile, type Stack, startStack } from '../support/stack.ts'

let stack: Stack
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  await stack.close()
})

async function start(more: object, kept?: MemoryStateStore) {
  stack = await startStack({ limits: false })
  const file = { ...(stack.file as SandboxFile), metrics: { enabled: true }, ...more }
  const program = await startProgram({ clock: stack.clock, file, emulators: [], limits: false, kept })
  ends.push(program.close)
  const value = async (name: string) => sampleValue(await program.scrape(), `certgraph_${name}`)
  return { program, value }
}

describe('the metrics of what is kept', () => {
  it('say that the state is in memory although it is meant to be on disk', async () => {
    const problem = { reason: 'the disk is full' }
    const { value } = await start({}, new MemoryStateStore({ problem, maxBytes: 1024 ** 2 }))
    expect([await value('state_in_memory'), await value('redis_alone')]).toEqual([1, 0])
  })

  it('say that Redis is not available', async () => {
    const { value } = await start({ redis: { url: 'redis://127.0.0.1:9', replicas: 2 } })
    while ((await value('redis_alone')) !== 1);
    expect(await value('state_in_memory')).toBe(0)
  })

  it('count the changes of the history', async () => {
    const { program, value } = await start({})
    await readAgain(program)
    expect(await value('history_changes')).toBe(0)
    firstOf(stack.openai.state.organizations).certificates.pop()
    await readAgain(program)
    await program.ask('{ certificateChanges(first: 1) { totalCount } }')
    expect(await value('history_changes')).toBe(1)
  })
})
