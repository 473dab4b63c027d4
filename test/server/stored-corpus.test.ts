import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { accessForTwoKeys, askAs, twoKeys as callers } from '../support/callers.ts'
import { type Program, startProgram } from '../support/program.ts'
import { queryCorpus } from '../support/query-corpus.ts'
import { type Stack, startStack } from '../support/stack.ts'

const access = accessForTwoKeys(['certificates:read', 'certificates:content'])

/** The program that stores answers, and one that computes each of them, with the same vendors and clock. */
let stack: Stack
let computing: Program
beforeAll(async () => {
  stack = await startStack({ limits: false, configure: (own) => ({ ...own, access }) })
  const file = { ...stack.file, access, server: { answers: { storeFor: '0s' } } }
  computing = await startProgram({ clock: stack.clock, file, emulators: [], limits: false })
})
afterAll(async () => {
  await computing.close()
  await stack.close()
})

/**
 * The answer without what differs between two requests for the same. The share of the validity that is left moves with each
 * millisecond: only its first four digits are compared.
 */
async function ask(url: string, key: string, query: string) {
  const { status, headers, text } = await askAs(url, key, query)
  const { 'x-request-id': id, date, 'content-length': length, ...rest } = Object.fromEntries(headers)
  expect(Number(length)).toBe(Buffer.byteLength(text))
  return {
    status,
    headers: rest,
    text: text
      .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"…"')
      .replaceAll(/"upstreamRequestId":"[^"]*",?/g, '')
      .replaceAll(/("lifetimeRemaining":0\.\d{4})\d*/g, '$1'),
  }
}

const stored = () => stack.log.filter((line) => line['stored']).length

/** Asks both programs, for both callers in turn, and compares every byte. Returns how many answers were stored ones. */
async function compare(query: string): Promise<number> {
  const before = stored()
  for (let round = 0; round < 3; round += 1) {
    for (const key of callers) {
      expect(await ask(stack.url, key, query)).toEqual(await ask(computing.url, key, query))
    }
  }
  return stored() - before
}

describe('a stored answer has the bytes of a computed one', () => {
  it.each(queryCorpus.map((query) => ({ title: query.split(/\s+/).join(' ').slice(0, 120), query })))(
    '$title',
    async ({ query }) => {
      await compare(query)
      stack.clock.advance(700)
      await compare(query)
      stack.clock.advance(700)
      await compare(query)
    },
  )

  it('also while vendors fail, and after they have recovered', async () => {
    const query =
      '{ certificates(first: 9) { nodes { id stale asOf } sources { status asOf error { code message } } fresh } }'
    await compare(query)
    for (const emulator of stack.emulators) emulator.fault({ effect: { status: 404 } })
    stack.clock.advance(3_600_000)
    await compare(query)
    expect(await compare(query)).toBeGreaterThan(0)
    for (let step = 0; step < 12; step += 1) {
      stack.clock.advance(900)
      await compare(query)
    }
    for (const emulator of stack.emulators) emulator.reset()
    for (let step = 0; step < 12; step += 1) {
      stack.clock.advance(900)
      await compare(query)
    }
    expect(await compare(query)).toBeGreaterThan(0)
  })
})

describe('the corpus of queries', () => {
  it('has many answers that are stored', async () => {
    const before = stored()
    for (const query of queryCorpus) for (const _time of [1, 2]) await ask(stack.url, callers[0], query)
    expect(stored() - before).toBeGreaterThan(queryCorpus.length / 3)
  })
})
