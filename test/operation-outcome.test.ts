import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { OperationOutcome } from '../src/operation-outcome.ts'
import type { Effect } from '../src/sandbox/fault.ts'
import { whileTimePasses } from './support/passing-time.ts'
import type { GraphQLAnswer } from './support/program.ts'
import { type Stack, startStack } from './support/stack.ts'

const beyondEveryTtl = 2 * 3_600_000
const beyondStaleIfError = 25 * 3_600_000

const sourceOf = (index: number, status: string) => ({
  place: { provider: 'EXAMPLE', vendorId: `place${index}` },
  kind: 'CERTIFICATES',
  status,
  unreadableRows: 0,
  error: { code: 'UPSTREAM_TIMEOUT' },
})

describe('the summary of an outcome', () => {
  it('is complete and fresh when nothing was read', () => {
    expect(new OperationOutcome().summary).toEqual({ complete: true, fresh: true })
  })

  it('names at most ten sources, each once, and counts the others', () => {
    const outcome = new OperationOutcome()
    const sources = Array.from({ length: 600 }, (_, index) => sourceOf(index, index < 3 ? 'STALE' : 'FAILED'))
    outcome.add(sources)
    outcome.add(sources.slice(2, 5))
    const { stale, failed, ...rest } = outcome.summary
    expect(rest).toEqual({ complete: false, fresh: false, moreSources: 590 })
    expect([stale?.length, failed?.length]).toEqual([3, 7])
    expect(stale?.[0]).toEqual({
      provider: 'EXAMPLE',
      place: 'place0',
      kind: 'CERTIFICATES',
      code: 'UPSTREAM_TIMEOUT',
    })
  })
})

describe('the line of an operation', () => {
  let stack: Stack
  beforeEach(async () => {
    stack = await startStack({ limits: false })
  })
  afterEach(() => stack.close())

  const list = '{ certificates(first: 1) { totalCount complete fresh } }'

  /** Asks while time passes. */
  const ask = async (query: string) => lineOf(await whileTimePasses(stack.clock, stack.ask(query)))

  /** The last line about an operation, beside the data of its answer. */
  function lineOf({ data }: GraphQLAnswer<Record<string, object>>) {
    const { complete, fresh, stale, failed, stored, codes } = stack.log.findLast(({ msg }) => msg === 'operation') ?? {}
    return { data, line: { complete, fresh, stale, failed, stored, codes } }
  }
  const fault = (effect: Effect, path = '/mtls/account/le4830275/certificates') =>
    stack.liveperson.emulator.fault({ match: (call) => call.path === path, effect })

  it('is complete and fresh when every source was read', async () => {
    const { data, line } = await ask(list)
    expect(data['certificates']).toMatchObject({ complete: true, fresh: true })
    expect(line).toEqual({ complete: true, fresh: true, codes: [] })
  })

  it('has the sources that failed or are stale with their codes, also when the answer is a stored one', async () => {
    fault({ status: 503 })
    const source = { provider: 'LIVEPERSON', place: 'le4830275', kind: 'CERTIFICATES', code: 'UPSTREAM_UNAVAILABLE' }
    const failed = { complete: false, fresh: true, failed: [source], codes: [] }
    const { data, line } = await ask(list)
    expect(data['certificates']).toMatchObject({ complete: false, fresh: true })
    expect(line).toEqual(failed)
    // The failure is remembered, so that this answer takes no time and is stored, unless the first one is.
    await stack.ask(list)
    expect(lineOf(await stack.ask(list)).line).toEqual({ ...failed, stored: true })

    stack.liveperson.emulator.reset()
    stack.clock.advance(beyondEveryTtl)
    expect((await ask(list)).line).toMatchObject({ complete: true, fresh: true })
    fault({ status: 401 })
    stack.clock.advance(beyondEveryTtl)
    const stale = {
      complete: true,
      fresh: false,
      stale: [{ ...source, code: 'UPSTREAM_UNAUTHENTICATED' }],
      codes: [],
    }
    expect((await ask(list)).line).toEqual(stale)
    expect((await ask(list)).line).toEqual({ ...stale, stored: true })
  })

  it('has the sources of a field about one place', async () => {
    const one = '{ livePersonAccount(id: "le4830275") { certificates { totalCount } } }'
    expect((await ask(one)).line).toEqual({ complete: true, fresh: true, codes: [] })
    fault({ status: 503 })
    stack.clock.advance(beyondEveryTtl)
    expect((await ask(one)).line).toMatchObject({ complete: true, fresh: false, stale: [{ place: 'le4830275' }] })
    stack.clock.advance(beyondStaleIfError)
    expect((await ask(one)).line).toMatchObject({
      complete: false,
      failed: [{ place: 'le4830275', kind: 'CERTIFICATES' }],
      codes: ['UPSTREAM_UNAVAILABLE'],
    })
  })

  it('is incomplete when a list lacks rows', async () => {
    fault({ patch: (body) => [...(body as unknown[]), 'no row'] })
    expect((await ask(list)).line).toEqual({ complete: false, fresh: true, codes: [] })
  })

  it('is incomplete when the answer says so for another reason', async () => {
    const recover = fault({ status: 503 })
    const cursors = '{ certificates(first: 1) { complete pageInfo { endCursor } } }'
    const { data } = await ask(cursors)
    const { endCursor } = (data['certificates'] as { pageInfo: { endCursor: string } }).pageInfo
    recover()
    stack.clock.advance(beyondEveryTtl)
    const next = await ask(`{ certificates(first: 1, after: "${endCursor}") { complete } }`)
    expect(next.data['certificates']).toEqual({ complete: false })
    expect(next.line).toEqual({ complete: false, fresh: true, codes: [] })
  })

  it('is incomplete when a field of one certificate could not be read', async () => {
    stack.openai.emulator.fault({
      match: ({ path, target }) => path.includes('/certificates/') && target.includes('content'),
      effect: { status: 503 },
    })
    const pem =
      '{ certificates(filter: { providers: [OPENAI] }, first: 1) { complete nodes { ... on OpenAICertificate { pem } } } }'
    const { data, line } = await ask(pem)
    expect(data['certificates']).toMatchObject({ complete: true })
    expect(line).toEqual({ complete: false, fresh: true, codes: ['UPSTREAM_UNAVAILABLE'] })
  })

  it('has nothing about sources for a request that was not executed', async () => {
    await stack.ask('{ nothing }')
    expect(stack.log.at(-1)).toMatchObject({ codes: ['GRAPHQL_VALIDATION_FAILED'] })
    expect(stack.log.at(-1)).not.toHaveProperty('complete')
  })
})
