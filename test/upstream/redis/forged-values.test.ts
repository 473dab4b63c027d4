import { expect, it } from '@jest/globals'
import type { SharedReadingRequest } from '../../../src/upstream/cache/reading.ts'
import type { Identity } from '../../../src/upstream/call/vendor-api.ts'
import { type Clock, systemClock } from '../../../src/upstream/clock.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { ValueSigner } from '../../../src/upstream/redis/value-signer.ts'
import { setUpReplicas } from '../../support/redis/joined.ts'
import { createCallOptions, createMaker, failOnRead, fields, read } from '../../support/redis/reading-maker.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const secret = 'hush-hush'
const identity: Identity = { parts: ['a test'], secret }
const down = new UpstreamError('UPSTREAM_UNAVAILABLE', 'the vendor is down', { httpStatus: 503 })
const shift = (milliseconds: number): Clock => ({ ...systemClock, now: () => Date.now() + milliseconds })
/** A value for a name, signed with this secret. */
const sign = (name: string, body: string, lifetime = 60_000, by = secret) =>
  new ValueSigner(by).sign(name, { asOf: Date.now(), expiresAt: Date.now() + lifetime, body })
/** The body of an empty reading. */
const empty = () => `{"readAt":${Date.now() + 100},"missing":0,"rows":[]}`

describeWithRedis('a value in Redis that a replica did not write there', () => {
  const replicas = setUpReplicas()

  const join = (clock?: Clock) => replicas.join(clock)
  const request = (of = identity): SharedReadingRequest => ({
    identity: of,
    fields,
    maxAge: 60_000,
    startedAfter: () => systemClock.elapsed() - 1_000,
  })
  const keysLike = async (part: string) => [...(await replicas.redis.dump()).keys()].filter((key) => key.includes(part))
  const keyLike = async (part: string) => (await keysLike(part))[0] ?? ''
  const get = (key: string) => replicas.redis.use(async (client) => (await client.get(key)) ?? '')
  const set = (key: string, text: string) => replicas.redis.use((client) => client.set(key, text, 'PX', 5_000))

  it.each<[string, (text: string, key: string, other: string) => string]>([
    ['of the previous version', () => `{"asOf":${Date.now()},"readAt":${Date.now()},"missing":0,"rows":[]}`],
    ['signed with another secret', (_, key) => sign(key, empty(), 60_000, 'guess')],
    ['copied from another place', (_text, _key, other) => other],
    ['with other rows', (text) => text.replace(/"rows":.*$/, '"rows":[]}')],
    ['with a later time', (text) => text.replace(/^\d+/, (asOf) => String(Number(asOf) + 10))],
    ['with a later expiry', (text) => text.replace(/^(\d+) \d+/, `$1 ${Date.now() + 9_000_000}`)],
    ['without a signature', (text) => text.replace(/^(\d+ \d+) \S+/, '$1 ')],
  ])('is no reading: %s', async (_, forge) => {
    const [first, second, third] = [join(), join(), join()]
    await first.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
    const key = await keyLike(':reading')
    const elsewhere = { parts: ['another test'], secret }
    await first.replica.readings.getOrMake(request(elsewhere), createCallOptions(), async () => read())
    const other = (await keysLike(':reading')).find((each) => each !== key) ?? ''
    const forged = forge(await get(key), key, await get(other))
    await set(key, forged)
    expect(await second.replica.readings.get(identity)).toBeNull()
    await set(key, forged)
    const made = await third.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
    expect(made.rows.rows).toHaveLength(1)
    expect(second.replica.invalidValues).toBe(1)
    expect(second.lines).toEqual([expect.objectContaining({ level: 40, values: 1 })])
    // The forged one was replaced.
    expect((await second.replica.readings.get(identity))?.rows.rows).toHaveLength(1)
  })

  it('is no reading when a replica wrote it long ago', async () => {
    const first = join()
    await first.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
    const later = join(shift(66_000))
    expect(await later.replica.readings.get(identity)).toBeNull()
    expect(later.replica.invalidValues).toBe(1)
  })

  it('is not a recent reading although Redis says so', async () => {
    const first = join()
    const old = { ...read(), asOf: Date.now() - 50_000 }
    await first.replica.readings.getOrMake(request(), createCallOptions(), async () => old)
    const second = join(shift(50_000))
    const made = second.replica.readings.getOrMake(
      { ...request(), startedAfter: () => systemClock.elapsed() - 110_000 },
      createCallOptions(),
      failOnRead,
    )
    expect((await made).asOf).toBe(old.asOf)
    const anew = createMaker()
    anew.succeed()
    await second.replica.readings.getOrMake(request(), createCallOptions(), anew.make)
    expect(anew.make).toHaveBeenCalledTimes(1)
  })

  it('is not used by a replica with another secret, and is not replaced by it', async () => {
    const rotated = { ...identity, secret: 'rotated' }
    const [first, second] = [join(), join()]
    await first.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
    expect(await second.replica.readings.get(rotated)).toBeNull()
    await second.replica.readings.getOrMake(request(rotated), createCallOptions(), async () => read())
    expect(await first.replica.readings.get(identity)).not.toBeNull()
    expect(await keysLike(':reading')).toHaveLength(2)
    expect([first.replica.invalidValues, second.replica.invalidValues]).toEqual([0, 0])
    expect(JSON.stringify([...(await replicas.redis.dump())])).not.toContain(secret)
  })

  it.each<[string, (text: string, key: string) => string]>([
    ['made up', () => '{"code":"UPSTREAM_FORBIDDEN","message":"forged"}'],
    [
      'signed with another secret',
      (_, key) => sign(key, '{"code":"UPSTREAM_FORBIDDEN","message":"forged"}', 5_000, 'guess'),
    ],
    ['with another message', (text) => text.replace('the vendor is down', 'the vendor is gone')],
  ])('is no failure: %s', async (_, forge) => {
    const [first, second] = [join(), join()]
    const failing = createMaker()
    failing.fail(down)
    await expect(first.replica.readings.getOrMake(request(), createCallOptions(), failing.make)).rejects.toBe(down)
    const key = await keyLike(':failure')
    await set(key, forge(await get(key), key))
    const made = await second.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
    expect(made.rows.rows).toHaveLength(1)
    expect(second.replica.invalidValues).toBe(1)
  })

  it('is no failure when it is put back later', async () => {
    const first = join()
    const failing = createMaker()
    failing.fail(down)
    await expect(first.replica.readings.getOrMake(request(), createCallOptions(), failing.make)).rejects.toBe(down)
    const key = await keyLike(':failure')
    await set(key, await get(key))
    const later = join(shift(11_000))
    const made = later.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
    expect((await made).rows.rows).toHaveLength(1)
  })

  it('does not make a replica wait for a reading, or report an error for it', async () => {
    const first = join()
    const making = createMaker()
    const mine = first.replica.readings.getOrMake(request(), createCallOptions(), making.make)
    await until(() => making.make.mock.calls.length > 0)
    const key = await keyLike(':lease')
    const slot = JSON.stringify({ code: 'UPSTREAM_FORBIDDEN', message: 'forged', at: Date.now() + 60_000 })
    await replicas.redis.use((client) => client.hset(key, 'token', 'forged', 'text', sign(key, slot, 60_000, 'guess')))
    const options = createCallOptions()
    const second = join()
    await second.replica.readings.getOrMake(request(), options, async () => read())
    expect(options.slots).toEqual([])
    making.succeed()
    await mine
  })

  it('that is written again and again does not keep a replica from reading', async () => {
    const second = join()
    const key = await (async () => {
      await second.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
      return keyLike(':reading')
    })()
    let isOver = false
    const flood = replicas.redis.use(async (client) => {
      while (!isOver) await client.set(key, sign(key, empty(), 60_000, 'guess'))
    })
    const third = join()
    await third.replica.readings.getOrMake(request(), createCallOptions(), async () => read())
    isOver = true
    await flood
  })

  it.each<[string, (text: string, key: string) => string]>([
    ['made up', () => 'forged'],
    ['signed with another secret', (_, key) => sign(`${key} listings`, 'pause', 900_000, 'guess')],
    ['copied from another resource', (text) => text],
    ['with a later end', (text) => text.replace(/^(\d+) \d+/, `$1 ${Date.now() + 900_000}`)],
  ])('is no pause: %s', async (_, forge) => {
    const [first, second] = [join(), join()]
    const [store, other] = [first, second].map(({ replica }) => replica.rateLimitStore(identity, []))
    store?.pause('domains', performance.now() + 60_000)
    await until(async () => (await keysLike(':pauses')).length > 0)
    const key = await keyLike(':pauses')
    const text = await replicas.redis.use(async (client) => (await client.hget(key, 'domains')) ?? '')
    expect(await other?.tryAcquire('domains')).not.toBeNull()
    await replicas.redis.use((client) => client.hset(key, 'listings', forge(text, key)))
    expect(await other?.tryAcquire('listings')).toBeNull()
    expect(second.replica.invalidValues).toBe(1)
    store?.pause('listings', performance.now() + 60_000)
    await until(async () => (await other?.tryAcquire('listings')) !== null)
  })

  it('is no change when no replica made it, and no newer one when it is put back', async () => {
    const [first, second, third] = [join(), join(), join()]
    const [mine, theirs, late] = [first, second, third].map(({ replica }) => replica.changes(identity, 60_000))
    await mine?.record()
    const key = await keyLike(':change')
    const old = await get(key)
    await mine?.record()
    const name = await mine?.latest()
    expect(await theirs?.latest()).toBe(name)
    const forgeries = [old, sign(key, 'forged', 60_000, 'guess'), 'forged', old.replace(/\S+$/, 'forged')]
    for (const forged of forgeries) {
      await replicas.redis.use((client) => client.set(key, forged))
      expect(await theirs?.latest()).toBe(name)
      // It was replaced for a replica that has just started.
      expect(await late?.latest()).toBe(name)
    }
    expect(second.replica.invalidValues).toBe(3)
    await replicas.redis.use((client) => client.del(key))
    expect(await theirs?.latest()).toBe(name)
    expect(await join().replica.changes(identity, 60_000).latest()).toBe(name)
  })

  it('does not hide a change of a replica whose clock is behind', async () => {
    const [first, second] = [join(), join(shift(-4_000))]
    const [mine, behind] = [first, second].map(({ replica }) => replica.changes(identity, 60_000))
    await mine?.record()
    const before = await mine?.latest()
    await behind?.record()
    const after = await behind?.latest()
    expect(after).not.toBe(before)
    expect(await mine?.latest()).toBe(after)
    expect([first, second].map(({ replica }) => replica.invalidValues)).toEqual([0, 0])
  })
})
