import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { passTime, whileTimePasses } from '../../support/passing-time.ts'
import type { Stack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import {
  expireReadings,
  type Outage,
  outages,
  type SourceAnswer,
  sourceFields,
  startStackWithSixPlaces,
} from '../../support/vendor-outage.ts'

let stack: Stack

const minute = 60_000
const hour = 60 * minute

interface PlaceAnswer {
  readonly source: SourceAnswer
  readonly certificates: { readonly totalCount: number; readonly nodes: { asOf: string; stale: boolean }[] } | null
}

async function ask({ field }: Outage): Promise<PlaceAnswer> {
  const query = `{ place: ${field} { source { ${sourceFields} } certificates { totalCount nodes { asOf stale } } } }`
  const { data } = await whileTimePasses(stack.clock, stack.ask<{ place: PlaceAnswer }>(query))
  return data.place
}

const calls = ({ emulator, strikes }: Outage) => emulator(stack).calls.filter((call) => strikes(stack, call)).length
const strike = ({ emulator, strikes }: Outage, status = 500) =>
  emulator(stack).fault({ match: (call) => strikes(stack, call), effect: { status } })
const iso = (at: number) => new Date(at).toISOString()
const timesOf = ({ certificates }: PlaceAnswer) => [...new Set(certificates?.nodes.map(({ asOf }) => asOf))]

const upstream = { ttl: '1m' }

describe.each(outages)('a reading of $brand', (outage) => {
  beforeAll(async () => {
    stack = await startStackWithSixPlaces(upstream)
  })
  afterEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  it('is served after its ttl while one call refreshes it in the background', async () => {
    const readAt = stack.clock.now()
    await ask(outage)
    stack.clock.advance(5 * minute)
    outage.emulator(stack).latency = 300
    const served = await Promise.all([ask(outage), ask(outage), ask(outage)])
    for (const { source, certificates } of served) {
      expect(source).toMatchObject({ status: 'OK', asOf: iso(readAt), error: null })
      expect(certificates?.nodes[0]).toEqual({ asOf: iso(readAt), stale: false })
    }
    await until(() => calls(outage) === 2)
    await sleep(400)
    expect((await ask(outage)).source).toMatchObject({ status: 'OK', asOf: iso(readAt + 5 * minute) })
    expect(calls(outage)).toBe(2)
  })

  it('is refreshed before it is served once staleWhileRevalidate is over', async () => {
    await ask(outage)
    await passTime(stack, 6 * minute)
    const readAt = stack.clock.now()
    const place = await ask(outage)
    expect(place.source).toMatchObject({ status: 'OK', asOf: iso(readAt) })
    expect(timesOf(place)).toEqual([iso(readAt)])
  })

  it('whose refresh fails is served as stale for one more day, with the error', async () => {
    const readAt = stack.clock.now()
    await ask(outage)
    strike(outage, 503)
    await passTime(stack, minute + 23 * hour)
    const { source, certificates } = await ask(outage)
    expect(source).toMatchObject({
      status: 'STALE',
      asOf: iso(readAt),
      certificateCount: 3,
      error: { code: 'UPSTREAM_UNAVAILABLE', httpStatus: 503 },
    })
    expect(certificates).toMatchObject({ totalCount: 3, nodes: Array(3).fill({ asOf: iso(readAt), stale: true }) })
    await passTime(stack, hour)
    const gone = await ask(outage)
    expect(gone).toMatchObject({ source: { status: 'FAILED', asOf: null }, certificates: null })
  })

  it('is stale after a failed refresh, until a refresh succeeds', async () => {
    await ask(outage)
    const recover = strike(outage)
    await passTime(stack, minute)
    expect((await ask(outage)).source.status).toBe('OK')
    await passTime(stack, 4_000, 500)
    expect((await ask(outage)).source).toMatchObject({ status: 'STALE', error: { code: 'UPSTREAM_UNAVAILABLE' } })
    recover()
    await passTime(stack, 5_000)
    expect((await ask(outage)).source.status).toBe('STALE')
    await passTime(stack, 0)
    expect((await ask(outage)).source).toMatchObject({ status: 'OK', asOf: iso(stack.clock.now()), error: null })
  })

  it('that failed is not made again for five seconds', async () => {
    strike(outage, 403)
    const first = await ask(outage)
    expect(first.source).toMatchObject({ status: 'FAILED', error: { code: 'UPSTREAM_FORBIDDEN' } })
    const failedAt = stack.clock.now()
    stack.clock.advance(4_999)
    expect((await ask(outage)).source).toEqual(first.source)
    expect(calls(outage)).toBe(1)
    stack.clock.advance(failedAt + 5_000 - stack.clock.now())
    await ask(outage)
    expect(calls(outage)).toBe(2)
  })

  it('that is stale leaves the list complete, but not fresh', async () => {
    const query = '{ certificates { totalCount complete fresh sources { status } } }'
    await stack.ask(query)
    strike(outage)
    await passTime(stack, 7 * minute)
    const { data, errors } = await whileTimePasses(stack.clock, stack.ask<{ certificates: object }>(query))
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ totalCount: 18, complete: true, fresh: false })
  })
})

describe('staleWhileRevalidate and staleIfError', () => {
  afterEach(() => stack.close())

  const [, akamai] = outages as [Outage, Outage, Outage]

  it('determine how long a reading is served while it is refreshed, and when its refresh fails', async () => {
    stack = await startStackWithSixPlaces({ ttl: '1m', staleWhileRevalidate: '1s', akamai: { staleIfError: '2m' } })
    await ask(akamai)
    strike(akamai)
    await passTime(stack, minute + 999)
    expect((await ask(akamai)).source.status).toBe('OK')
    await passTime(stack, minute)
    expect((await ask(akamai)).source.status).toBe('STALE')
    await passTime(stack, minute)
    expect((await ask(akamai)).source.status).toBe('FAILED')
  })

  it('apply to lists of places too', async () => {
    stack = await startStackWithSixPlaces(upstream)
    const query = '{ certificatePlaces(providers: [AKAMAI]) { totalCount complete sources { status error { code } } } }'
    await stack.ask(query)
    stack.akamai.emulator.fault({ match: ({ path }) => path.startsWith('/contract-api/'), effect: { status: 500 } })
    await passTime(stack, hour)
    const { data } = await whileTimePasses(stack.clock, stack.ask(query))
    expect(data).toMatchObject({
      certificatePlaces: {
        totalCount: 3,
        complete: true,
        sources: [{ status: 'STALE', error: { code: 'UPSTREAM_UNAVAILABLE' } }],
      },
    })
  })
})
