import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { list } from '../../support/listing.ts'
import { passTime } from '../../support/passing-time.ts'
import type { Program } from '../../support/program.ts'
import { queryCorpus } from '../../support/query-corpus.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'

let stack: RestartingStack
let program: Program
/** The answers before the restart. */
const before = new Map<string, string>()

async function ask(query: string): Promise<string> {
  const response = await fetch(program.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return (await response.text()).replace(/"requestId":"[^"]+"/g, '"requestId":""')
}

beforeAll(async () => {
  stack = await startRestartingStack()
  program = await stack.start()
  // What a query reads may be part of what another one is answered with.
  for (const query of queryCorpus) await ask(query)
  for (const query of queryCorpus) before.set(query, await ask(query))
  await stack.stop()
  program = await stack.start()
  await passTime(stack, 0)
})
afterAll(() => stack.close())

describe('An answer after a restart', () => {
  it('is made of readings from before the restart', async () => {
    const calls = stack.calls().length
    expect((await list(program)).totalCount).toBeGreaterThan(0)
    expect(stack.calls()).toHaveLength(calls)
  })

  it.each(queryCorpus.map((query) => ({ title: query.split(/\s+/).join(' ').slice(0, 120), query })))(
    'is the same to the byte: $title',
    async ({ query }) => {
      expect(await ask(query)).toBe(before.get(query))
    },
  )
})
