import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { UpstreamError } from '../../src/upstream/error.ts'
import { passTime } from '../support/passing-time.ts'
import { createNotifyWorld, type NotifyWorld, sourceOf, startBegunNotifier } from '../support/test-notifier.ts'
import { findSchemaErrors } from '../support/webhook-schemas.ts'

let world: NotifyWorld
beforeEach(async () => {
  world = await createNotifyWorld()
})
afterEach(async () => {
  await world.close()
})

const start = (...settings: object[]) => startBegunNotifier(world, ...settings)

const unavailable = new UpstreamError('UPSTREAM_UNAVAILABLE', 'OpenAI answered 503 hush', { httpStatus: 503 })
const ownLimit = new UpstreamError('UPSTREAM_RATE_LIMITED', 'rate limit reached', { retryAfterSeconds: 30 })
const vendorLimit = new UpstreamError('UPSTREAM_RATE_LIMITED', 'OpenAI answered 429', { httpStatus: 429 })

const become = (...states: Parameters<typeof sourceOf>[1][]) =>
  world.sources.splice(0, world.sources.length, ...states.map((error) => sourceOf(world, error)))
const minutes = (count: number) => passTime(world, count * 60_000, 10_000)

describe('an outage', () => {
  it('is one message for its begin and one for its end', async () => {
    await start()
    become(null)
    await minutes(1)
    become(unavailable)
    await minutes(60)
    become(null)
    await minutes(10)
    const { messages, types } = world.receiver
    expect(types).toEqual(['source.unavailable', 'source.recovered'])
    const place = { id: expect.any(String), provider: 'OPENAI', vendorId: 'org_acme', name: 'name of org_acme' }
    expect(messages.map(({ data }) => data)).toEqual([
      {
        source: {
          place,
          kind: 'CERTIFICATES',
          unavailableSince: expect.any(String),
          error: { code: 'UPSTREAM_UNAVAILABLE', message: 'OpenAI answered 503 [redacted]', httpStatus: 503 },
        },
      },
      {
        source: { place, kind: 'CERTIFICATES', unavailableSince: expect.any(String), recoveredAt: expect.any(String) },
      },
    ])
    expect(messages.map(findSchemaErrors)).toEqual([null, null])
  })

  it('is one per source, by place and kind', async () => {
    await start()
    world.sources.push(sourceOf(world, unavailable), sourceOf(world, unavailable, 'DISCOVERY'))
    await minutes(2)
    expect(world.receiver.messages.map(({ data }) => (data['source'] as { kind: string }).kind)).toEqual([
      'CERTIFICATES',
      'DISCOVERY',
    ])
  })

  it('is not a failure of less than 30 s', async () => {
    await start()
    for (let blip = 0; blip < 5; blip += 1) {
      become(unavailable)
      await passTime(world, 20_000, 10_000)
      become(null)
      await passTime(world, 20_000, 10_000)
    }
    expect(world.receiver.types).toEqual([])
  })

  it('is no rate limit of this program, which does not end one either', async () => {
    await start()
    become(ownLimit)
    await minutes(30)
    expect(world.receiver.types).toEqual([])
    become(unavailable)
    await minutes(1)
    become(ownLimit)
    await minutes(30)
    expect(world.receiver.types).toEqual(['source.unavailable'])
  })

  it('is no rate limit of the vendor that ends within half an hour', async () => {
    await start()
    for (let round = 0; round < 3; round += 1) {
      become(vendorLimit)
      await minutes(29)
      become(null)
      await minutes(1)
    }
    expect(world.receiver.types).toEqual([])
  })

  it('is a rate limit of the vendor that lasts longer, also over a restart', async () => {
    const first = await start()
    become(null)
    await minutes(1)
    become(vendorLimit)
    await minutes(20)
    await first.close()
    await start()
    await minutes(9)
    expect(world.receiver.types).toEqual([])
    await minutes(2)
    expect(world.receiver.types).toEqual(['source.unavailable'])
    expect(world.receiver.messages[0]?.data['source']).toMatchObject({ error: { httpStatus: 429 } })
    become(null)
    await minutes(1)
    expect(world.receiver.types).toEqual(['source.unavailable', 'source.recovered'])
  })

  it('does not end with a rate limit of the vendor', async () => {
    await start()
    become(unavailable)
    await minutes(1)
    become(vendorLimit)
    await minutes(60)
    become(unavailable)
    await minutes(1)
    expect(world.receiver.types).toEqual(['source.unavailable'])
  })

  it('is one pair over restarts, and a reading from before it does not end it', async () => {
    const first = await start()
    become(null)
    const [before] = world.sources
    await minutes(1)
    become(unavailable)
    await minutes(2)
    await first.close()
    // A restart during the outage serves the last reading.
    if (before) world.sources.splice(0, 1, before)
    const second = await start()
    await minutes(2)
    become(unavailable)
    await minutes(2)
    expect(world.receiver.types).toEqual(['source.unavailable'])
    await second.close()
    world.sources.splice(0)
    await start()
    await minutes(2)
    become(null)
    await minutes(2)
    expect(world.receiver.types).toEqual(['source.unavailable', 'source.recovered'])
  })

  it('is found, and its end, after the wall clock was ahead', async () => {
    const first = await start()
    world.clock.adjustWallClock(30 * 86_400_000)
    become(unavailable)
    await passTime(world, 20_000, 10_000)
    await first.close()
    world.clock.adjustWallClock(-30 * 86_400_000)
    await start()
    await minutes(1)
    expect(world.receiver.types).toEqual(['source.unavailable'])
    world.clock.adjustWallClock(-3_600_000)
    await minutes(1)
    become(null)
    await minutes(1)
    expect(world.receiver.types).toEqual(['source.unavailable', 'source.recovered'])
  })

  it('is no message for an endpoint with other kinds or places', async () => {
    await start({ kinds: ['EXPIRED'] }, { places: ['org_other'] }, { kinds: ['SOURCE_RECOVERED'], name: 'ends' })
    become(unavailable)
    await minutes(2)
    become(null)
    await minutes(2)
    expect(world.receiver.types).toEqual(['source.recovered'])
  })

  it('is a message for an endpoint with owners and a status: it hides changes of all', async () => {
    await start({ owners: ['storefront'], minStatus: 'EXPIRED' })
    become(unavailable)
    await minutes(2)
    expect(world.receiver.types).toEqual(['source.unavailable'])
  })
})
