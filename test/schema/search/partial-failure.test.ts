import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../src/sandbox/fault.ts'
import { failureServes, whileTimePasses } from '../../support/passing-time.ts'
import type { Stack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import {
  type ListAnswer,
  listFields,
  type Outage,
  outages,
  readAnew,
  type SourceAnswer,
  sourceFields,
  startSixPlaces,
} from '../../support/vendor-outage.ts'

interface Case {
  readonly effect: Effect | ((now: number) => Effect)
  readonly code: string
  readonly httpStatus?: number
  readonly retryAfterSeconds?: number
  /** How often the vendor is called before that is told: once unless said. */
  readonly calls?: number
}

const refusing = (status: number, code: string): Case => ({ effect: { status }, code, httpStatus: status })
const answering = (body: string, contentType: string): Case => ({
  effect: { status: 200, headers: { 'content-type': contentType }, body },
  code: 'UPSTREAM_MALFORMED_RESPONSE',
  httpStatus: 200,
})
const rateLimited = { code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429 }
const madeAgain = { calls: 4 }

const cases: Readonly<Record<string, Case>> = {
  'refusing with 400': refusing(400, 'UPSTREAM_INVALID_REQUEST'),
  'refusing with 401': refusing(401, 'UPSTREAM_UNAUTHENTICATED'),
  'refusing with 403': refusing(403, 'UPSTREAM_FORBIDDEN'),
  'refusing with 404': refusing(404, 'UPSTREAM_NOT_FOUND'),
  'refusing with 409': refusing(409, 'UPSTREAM_CONFLICT'),
  'refusing with 418': refusing(418, 'UPSTREAM_INVALID_REQUEST'),
  'asking for patience': {
    effect: { status: 429, headers: { 'retry-after': '17' } },
    ...rateLimited,
    retryAfterSeconds: 17,
  },
  'asking for patience until a moment': {
    effect: (now) => ({ status: 429, headers: { 'retry-after': new Date(now + 90_000).toUTCString() } }),
    ...rateLimited,
    retryAfterSeconds: 90,
  },
  'asking for patience without end': { effect: { status: 429 }, ...rateLimited, retryAfterSeconds: 60 },
  'taking too long itself': { ...refusing(408, 'UPSTREAM_INVALID_REQUEST'), ...madeAgain },
  'failing with 500': { ...refusing(500, 'UPSTREAM_UNAVAILABLE'), ...madeAgain },
  'failing with 503': { ...refusing(503, 'UPSTREAM_UNAVAILABLE'), ...madeAgain },
  hanging: { effect: 'hang', code: 'UPSTREAM_TIMEOUT' },
  'breaking the connection': { effect: 'reset', code: 'UPSTREAM_UNAVAILABLE', ...madeAgain },
  redirecting: {
    effect: { status: 302, headers: { location: 'https://sign-in.example/' } },
    code: 'UPSTREAM_MALFORMED_RESPONSE',
    httpStatus: 302,
  },
  'answering HTML': answering('<!doctype html><title>Sign in</title>', 'text/html'),
  'answering broken JSON': answering('{"data": [{"id"', 'application/json'),
  'answering nothing': answering('', 'application/json'),
  'answering null': answering('null', 'application/json'),
  'answering JSON of another shape': answering('{"unexpected": true}', 'application/json'),
  'answering text as JSON': answering('"fine"', 'application/json'),
  'answering without end': {
    effect: { status: 200, body: 'x'.repeat(33 * 1024 * 1024) },
    code: 'UPSTREAM_MALFORMED_RESPONSE',
  },
}

let stack: Stack
beforeAll(async () => {
  stack = await startSixPlaces({ ...readAnew, deadline: '15s' })
})
/** Everybody is well, has been asked, and no longer asks for patience. */
afterEach(async () => {
  for (const { emulator } of outages) emulator(stack).reset()
  stack.clock.advance(90_000)
  expect(await everything()).toMatchObject({ totalCount: 18, complete: true })
  for (const { emulator } of outages) emulator(stack).reset()
})
afterAll(() => stack.close())

async function everything(): Promise<ListAnswer> {
  const { data } = await stack.ask<{ certificates: ListAnswer }>(`{ certificates(first: 100) { ${listFields} } }`)
  return data.certificates
}

/** The list and the place itself, in one operation, while the place's calls are struck. */
async function askDuring({ emulator, strikes, field }: Outage, { effect }: Case) {
  const { calls, fault } = emulator(stack)
  const match = (call: (typeof calls)[number]) => strikes(stack, call)
  fault({ match, effect: typeof effect === 'function' ? effect(stack.clock.now()) : effect })
  const asked = stack.ask<{
    list: ListAnswer
    place: { id: string; certificates: null; source: SourceAnswer }
  }>(`{
    list: certificates(first: 100) { ${listFields} }
    place: ${field} { ... on CertificateScope { id source { ${sourceFields} } } certificates { totalCount } }
  }`)
  if (effect === 'hang') {
    // The operation, the place's reading and its call: everybody else has been answered.
    await until(() => calls.some(match) && stack.clock.sleepers === 3)
    stack.clock.advance(10_000)
  }
  const answer = await whileTimePasses(stack.clock, asked)
  return { answer, struck: calls.filter(match).length }
}

describe.each(outages)('$brand', (outage) => {
  it.each(Object.entries(cases))('%s takes nobody else’s rows with it, and says why', async (_, failure) => {
    const { answer, struck } = await askDuring(outage, failure)
    const { list, place } = answer.data
    const { code, httpStatus = null, retryAfterSeconds = null, calls = 1 } = failure
    expect(struck).toBe(calls)

    expect(list).toMatchObject({ totalCount: 15, complete: false, fresh: true })
    expect(list.nodes.filter(({ provider }) => provider === outage.provider)).toHaveLength(3)
    expect(list.nodes.filter(({ scope }) => scope.id === place.id)).toEqual([])

    const failed = list.sources.filter(({ status }) => status !== 'OK')
    expect(failed).toEqual([
      {
        scope: { id: place.id, provider: outage.provider },
        kind: 'CERTIFICATES',
        status: 'FAILED',
        asOf: null,
        certificateCount: null,
        unreadableRows: 0,
        error: { code, message: expect.stringContaining(outage.brand), httpStatus, retryAfterSeconds },
      },
    ])
    expect(place.source).toEqual(failed[0])
    expect(list.sources.filter(({ kind, status }) => kind === 'CERTIFICATES' && status === 'OK')).toHaveLength(5)

    expect(place.certificates).toBeNull()
    expect(answer.errors).toMatchObject([
      {
        message: failed[0]?.error?.message,
        path: ['place', 'certificates'],
        extensions: {
          code,
          provider: outage.provider,
          scope: place.id,
          ...(httpStatus !== null && { httpStatus }),
          ...(retryAfterSeconds !== null && { retryAfterSeconds }),
        },
      },
    ])
    expect(answer.errors).toHaveLength(1)
    // Only the reading that the vendor has put off goes on.
    expect(stack.clock.sleepers).toBe(httpStatus === 429 ? 1 : 0)
  })

  it('is read again five seconds after it failed, and not earlier', async () => {
    const { answer } = await askDuring(outage, refusing(403, 'UPSTREAM_FORBIDDEN'))
    outage.emulator(stack).reset()
    stack.clock.advance(failureServes - 1)
    const { data } = await stack.ask<{ place: { source: SourceAnswer } }>(
      `{ place: ${outage.field} { ... on CertificateScope { source { ${sourceFields} } } } }`,
    )
    expect(data.place.source).toEqual(answer.data.place.source)
    expect(outage.emulator(stack).calls).toEqual([])
    stack.clock.advance(1)
    expect(await everything()).toMatchObject({ totalCount: 18, complete: true })
  })
})
