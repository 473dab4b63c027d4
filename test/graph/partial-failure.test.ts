import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { until } from '../sandbox/until.ts'
import type { Stack } from '../stack.ts'
import {
  type ListAnswer,
  listFields,
  type Outage,
  outages,
  type SourceAnswer,
  sourceFields,
  startSixPlaces,
} from './outage.ts'

interface Case {
  readonly effect: Effect | ((now: number) => Effect)
  readonly code: string
  readonly httpStatus?: number
  readonly retryAfterSeconds?: number
}

const refusing = (status: number, code: string): Case => ({ effect: { status }, code, httpStatus: status })
const answering = (body: string, contentType: string): Case => ({
  effect: { status: 200, headers: { 'content-type': contentType }, body },
  code: 'UPSTREAM_MALFORMED_RESPONSE',
  httpStatus: 200,
})
const rateLimited = { code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429 }

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
  'asking for patience without end': { effect: { status: 429 }, ...rateLimited },
  'failing with 500': refusing(500, 'UPSTREAM_UNAVAILABLE'),
  'failing with 503': refusing(503, 'UPSTREAM_UNAVAILABLE'),
  hanging: { effect: 'hang', code: 'UPSTREAM_TIMEOUT' },
  'breaking the connection': { effect: 'reset', code: 'UPSTREAM_UNAVAILABLE' },
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
  stack = await startSixPlaces()
})
afterEach(() => {
  for (const { emulator } of outages) emulator(stack).reset()
})
afterAll(() => stack.close())

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
  return { answer: await asked, struck: calls.filter(match).length }
}

describe.each(outages)('$brand', (outage) => {
  it.each(Object.entries(cases))('%s takes nobody else’s rows with it, and says why', async (_, failure) => {
    const { answer, struck } = await askDuring(outage, failure)
    const { list, place } = answer.data
    const { code, httpStatus = null, retryAfterSeconds = null } = failure
    expect(struck).toBe(1)

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
    expect(stack.clock.sleepers).toBe(0)
  })

  it('is read again as soon as it is well', async () => {
    await askDuring(outage, refusing(500, 'UPSTREAM_UNAVAILABLE'))
    outage.emulator(stack).reset()
    const { data } = await stack.ask<{ certificates: ListAnswer }>(`{ certificates(first: 100) { ${listFields} } }`)
    expect(data.certificates).toMatchObject({ totalCount: 18, complete: true })
  })
})
