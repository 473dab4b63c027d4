import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toChangeText } from '../../src/changes/change-text.ts'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import { changesQuery, type ListedChanges, readAgain } from '../support/change-history.ts'
import { startProgram } from '../support/program.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

const scale = { openai: { organizations: 1, certificatesPerOrganization: 3, projectsPerOrganization: 1 } }

/** A state that several processes have open, as the one on disk. */
class SharedStateStore extends MemoryStateStore {
  override readonly isKept: false = true as never
}

type Program = Awaited<ReturnType<typeof startProgram<Stack['clock']>>>

let stack: Stack
let programs: Program[]
beforeEach(async () => {
  stack = await startStack({ limits: false, scale, configure: ({ openai }) => ({ openai }) })
  programs = []
})
afterEach(async () => {
  await Promise.all(programs.map((program) => program.close()))
  await stack.close()
})

async function start(state: MemoryStateStore): Promise<Program> {
  const program = await startProgram({
    clock: stack.clock,
    file: stack.file,
    emulators: [],
    limits: false,
    kept: state,
  })
  programs.push(program)
  return program
}

/** Records a change, without a reading. */
async function record({ processState, clock }: Program): Promise<void> {
  const { store } = processState.changes.history
  const [[historyKey, { version, text }] = ['', { version: 0, text: '' }]] = (await store.heads()) ?? []
  const { placeId, placeVendorId } = JSON.parse(text)
  const change = toChangeText({
    kind: 'VANISHED',
    at: clock.now(),
    historyKey,
    provider: 'OPENAI',
    placeId,
    placeVendorId,
    certificateId: 'gone',
    name: null,
    expiresAt: null,
    expiryStatus: null,
    replacesId: null,
    actor: null,
  })
  const commit = { place: historyKey, version, head: text, list: null, usedNotes: [], changes: [change] }
  expect(await processState.changes.history.commit(commit)).toBe(true)
}

async function countOf(program: Program): Promise<number> {
  const { data } = await program.ask<{ certificateChanges: ListedChanges }>(changesQuery())
  return data.certificateChanges.totalCount
}

describe('an answer with changes', () => {
  it.each([
    ['this process', () => new MemoryStateStore(), 0],
    ['another process', () => new SharedStateStore(), 1],
  ])('is stored until a change is recorded by %s', async (_who, createState, writer) => {
    const state = createState()
    const reader = await start(state)
    await start(state)
    await readAgain(reader)
    const isStored = () => reader.log.some((line) => line['stored'])
    for (let asked = 0; asked < 5; asked += 1) expect(await countOf(reader)).toBe(0)
    expect(isStored()).toBe(true)
    await record(programs[writer] ?? reader)
    expect(await countOf(reader)).toBe(1)
  })

  it('is another one when a certificate is read again', async () => {
    const program = await start(new MemoryStateStore())
    await readAgain(program)
    const certificate = firstOf(firstOf(stack.openai.state.organizations).certificates)
    certificate.active = !certificate.active
    await readAgain(program)
    const query = changesQuery('first: 1', 'certificate { active }')
    for (let asked = 0; asked < 3; asked += 1) {
      expect(JSON.stringify(await program.ask(query))).toContain(`"active":${certificate.active}`)
    }
    certificate.active = !certificate.active
    await readAgain(program)
    expect(JSON.stringify(await program.ask(query))).toContain(`"active":${certificate.active}`)
  })
})
