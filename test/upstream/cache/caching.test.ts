import { afterEach, describe, expect, it } from '@jest/globals'
import { failureTtl } from '../../support/passing-time.ts'
import type { Stack } from '../../support/stack.ts'
import { type Outage, outages, startStackWithSixPlaces, withoutCaching } from '../../support/vendor-outage.ts'

let stack: Stack
afterEach(() => stack.close())

const minute = 60_000
/** Readings are refreshed before they are served, not in the background. */
const readFirst = { staleWhileRevalidate: '0s' }

interface Read {
  readonly asOf: string
  readonly status: string
}

async function readPlace({ field }: Outage): Promise<Read> {
  const { data, errors } = await stack.ask<{ place: { source: Read } }>(
    `{ place: ${field} { source { asOf status } certificates { totalCount } } }`,
  )
  expect(errors).toBeUndefined()
  return data.place.source
}

const callsFor = ({ emulator, strikes }: Outage) => emulator(stack).calls.filter((call) => strikes(stack, call)).length

const [openAI, akamai, livePerson] = outages as [Outage, Outage, Outage]

describe('a reading', () => {
  it.each<[string, Outage, number, object]>([
    ['for a minute at OpenAI', openAI, minute, {}],
    ['for five minutes at Akamai', akamai, 5 * minute, {}],
    ['for five minutes at LivePerson', livePerson, 5 * minute, {}],
    ['for the configured ttl at OpenAI', openAI, 2 * minute, { ttl: '2m' }],
    ['for the configured ttl at Akamai', akamai, 2 * minute, { ttl: '2m' }],
    ['for the configured ttl at LivePerson', livePerson, 2 * minute, { ttl: '2m' }],
    ["for a vendor's own configured ttl", akamai, 10_000, { ttl: '2m', akamai: { ttl: '10s' } }],
    [
      'for the default ttl while another vendor has a configured one',
      livePerson,
      5 * minute,
      { akamai: { ttl: '10s' } },
    ],
  ])('is fresh %s', async (_, outage, ttl, upstream) => {
    stack = await startStackWithSixPlaces({ ...readFirst, ...upstream })
    const readAt = stack.clock.now()
    expect(await readPlace(outage)).toEqual({ status: 'OK', asOf: new Date(readAt).toISOString() })
    stack.clock.advance(ttl - 1)
    expect(await readPlace(outage)).toEqual({ status: 'OK', asOf: new Date(readAt).toISOString() })
    expect(callsFor(outage)).toBe(1)
    stack.clock.advance(1)
    expect(await readPlace(outage)).toEqual({ status: 'OK', asOf: new Date(readAt + ttl).toISOString() })
    expect(callsFor(outage)).toBe(2)
  })

  it.each(outages)('of $brand is fresh for one operation when the ttl is 0', async (outage) => {
    stack = await startStackWithSixPlaces(withoutCaching)
    await readPlace(outage)
    await readPlace(outage)
    expect(callsFor(outage)).toBe(2)
  })

  it.each(outages)('of $brand that failed is made again', async (outage) => {
    stack = await startStackWithSixPlaces({})
    const match = (call: Parameters<Outage['strikes']>[1]) => outage.strikes(stack, call)
    outage.emulator(stack).fault({ match, effect: { status: 403 }, times: 1 })
    await stack.ask(`{ place: ${outage.field} { certificates { totalCount } } }`)
    stack.clock.advance(failureTtl)
    expect((await readPlace(outage)).status).toBe('OK')
    expect(callsFor(outage)).toBe(2)
  })

  it.each(outages)('of $brand is as fresh as before when the wall clock is set back', async (outage) => {
    stack = await startStackWithSixPlaces({})
    const { asOf } = await readPlace(outage)
    stack.clock.adjustWallClock(-60 * minute)
    expect((await readPlace(outage)).asOf).toBe(asOf)
    expect(callsFor(outage)).toBe(1)
  })

  it('is used in every list that contains its place', async () => {
    stack = await startStackWithSixPlaces({})
    await stack.ask('{ certificates { totalCount } }')
    for (const outage of outages) await readPlace(outage)
    expect(outages.map(callsFor)).toEqual([1, 1, 1])
  })
})

describe('a list of places', () => {
  const certificatePlaces = '{ certificatePlaces(first: 100) { totalCount complete } }'
  const discoveries = () => [stack.callsTo('/organization/projects').length, stack.callsTo('/contract-api/').length]

  it.each<[string, number, object]>([
    ['for five minutes by default', 5 * minute, { ttl: '1s' }],
    ['for the configured discoveryTtl', 20_000, { discoveryTtl: '20s', ttl: '24h' }],
  ])('is fresh %s, independent of the ttl of readings', async (_, ttl, upstream) => {
    stack = await startStackWithSixPlaces({ ...readFirst, ...upstream })
    await stack.ask(certificatePlaces)
    stack.clock.advance(ttl - 1)
    await stack.ask(certificatePlaces)
    expect(discoveries()).toEqual([2, 1])
    stack.clock.advance(1)
    await stack.ask(certificatePlaces)
    expect(discoveries()).toEqual([4, 2])
  })

  it('is fresh for the discoveryTtl of its vendor', async () => {
    stack = await startStackWithSixPlaces({ ...readFirst, akamai: { discoveryTtl: '1s' } })
    await stack.ask(certificatePlaces)
    stack.clock.advance(1_000)
    await stack.ask(certificatePlaces)
    expect(discoveries()).toEqual([2, 2])
  })

  it('that failed does not serve', async () => {
    stack = await startStackWithSixPlaces({})
    stack.akamai.emulator.fault({
      match: ({ path }) => path.startsWith('/contract-api/'),
      effect: { status: 403 },
      times: 1,
    })
    expect((await stack.ask(certificatePlaces)).data).toMatchObject({ certificatePlaces: { complete: false } })
    stack.clock.advance(failureTtl)
    expect((await stack.ask(certificatePlaces)).data).toMatchObject({ certificatePlaces: { complete: true } })
  })

  it('is cached apart from the readings of its places', async () => {
    stack = await startStackWithSixPlaces({ ...readFirst, discoveryTtl: '1s' })
    await readPlace(akamai)
    stack.clock.advance(1_000)
    await readPlace(akamai)
    expect([stack.callsTo('/contract-api/').length, callsFor(akamai)]).toEqual([2, 1])
  })

  it('is fresh as long as a looked-up host', async () => {
    stack = await startStackWithSixPlaces({ ...withoutCaching, discoveryTtl: '20s' })
    const lookups = () => stack.callsTo('le7000000/service/').length
    await readPlace(livePerson)
    stack.clock.advance(19_999)
    await readPlace(livePerson)
    expect(lookups()).toBe(1)
    stack.clock.advance(1)
    await readPlace(livePerson)
    expect(lookups()).toBe(2)
  })
})
