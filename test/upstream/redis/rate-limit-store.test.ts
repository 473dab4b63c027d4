import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import type { RateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { createReplicaJoiner } from '../../support/redis/joined.ts'
import { createOldLogs } from '../../support/redis/old-logs.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const listings: Limit = { resource: 'listings', calls: 10, window: 3_000, source: 'a test' }
const all: Limit = { resource: null, calls: 12, window: 1_000, source: 'a test' }
const padded = 3_250

describeWithRedis('a rate limit store that three replicas share', () => {
  let redis: RunningRedis
  let index = 0
  const joining = createReplicaJoiner()

  beforeAll(async () => {
    redis = await startRedis()
  }, 30_000)
  afterAll(() => redis?.stop())
  beforeEach(async () => {
    index += 1
    await createOldLogs(redis, identity(), [listings, all])
  })
  afterEach(joining.leave)

  const identity = () => ({ parts: ['a test', String(index)], secret: 'hush-hush' })
  function join(limits: readonly Limit[] = [listings, all]) {
    const joined = joining.join(redis.url)
    return {
      ...joined,
      store: joined.replica.rateLimitStore(identity(), limits),
    }
  }
  const acquire = async (store: { tryAcquire: RateLimitStore['tryAcquire'] }, resource = 'listings') => {
    const slot = await store.tryAcquire(resource)
    return slot === null ? 0 : Math.max(1, slot - performance.now())
  }

  it('lets ten calls of all replicas through, and returns the time of the next slot', async () => {
    const stores = [join(), join(), join()].map(({ store }) => store)
    const begun = performance.now()
    const waits = await Promise.all(
      Array.from({ length: 15 }, (_, index) => acquire(stores[index % 3] ?? join().store)),
    )
    const now = performance.now()
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10)
    for (const wait of waits.filter((each) => each > 0)) {
      expect(wait).toBeLessThanOrEqual(padded)
      expect(wait).toBeGreaterThan(padded - 3 * (now - begun) - 50)
    }
  })

  it('converts the calls of other replicas to its own monotonic time', async () => {
    const [first, second] = [join(), join()]
    const begun = performance.now()
    for (let call = 0; call < 4; call += 1) await acquire(first.store)
    await acquire(second.store)
    const [log] = second.store.windows('listings')
    expect(log?.limit).toBe(listings)
    expect(log?.times).toHaveLength(5)
    for (const time of log?.times ?? []) {
      expect(time).toBeGreaterThanOrEqual(begun - 100)
      expect(time).toBeLessThanOrEqual(performance.now() + 100)
    }
  })

  it('counts a call under every limit on it', async () => {
    const { store } = join()
    for (let call = 0; call < 10; call += 1) expect(await acquire(store, 'domains')).toBe(0)
    expect(await acquire(store)).toBe(0)
    expect(await acquire(store)).toBe(0)
    expect(await acquire(store)).toBeGreaterThan(0)
    expect(store.windows('listings').map(({ times }) => times.length)).toEqual([2, 12])
  })

  it('records no calls without a limit, and shares a pause', async () => {
    const [first, second] = [join([]), join([])]
    for (let call = 0; call < 40; call += 1) expect(await acquire(first.store)).toBe(0)
    expect([...(await redis.dump()).keys()].filter((key) => key.includes(':calls:listings'))).toEqual([])
    first.store.pause('listings', performance.now() + 2_000)
    expect(await acquire(second.store)).toBeGreaterThan(1_000)
  })

  it('shares a pause that a vendor asked for', async () => {
    const [first, second] = [join(), join()]
    await acquire(first.store)
    first.store.pause('listings', performance.now() + 2_000)
    const wait = await acquire(second.store)
    expect(wait).toBeGreaterThan(1_000)
    expect(wait).toBeLessThanOrEqual(2_000)
    expect(second.store.pausedUntil('listings')).toBeGreaterThan(performance.now())
    expect(await acquire(second.store, 'domains')).toBe(0)
  })

  it('counts the probes of all replicas together, until one of them succeeds', async () => {
    const [first, second, third] = [join(), join(), join()]
    const probe = async (store: RateLimitStore) => (await store.tryAcquire('listings', true)) === null
    expect([await probe(first.store), await probe(second.store), await probe(third.store)]).toEqual([true, true, false])
    expect(second.store.probeWindows('listings').map(({ limit, times }) => [limit.calls, times.length])).toEqual([
      [2, 2],
      [3, 2],
    ])
    expect(await acquire(third.store)).toBe(0)
    first.store.clearProbes('listings')
    await until(() => probe(second.store))
    await redis.use(async (client) => {
      for (const key of await client.keys('*')) expect(await client.pttl(key)).toBeGreaterThan(0)
    })
  })

  it('leaves nothing in Redis without a time to live', async () => {
    const { store } = join()
    await acquire(store)
    store.pause('listings', performance.now() + 1_000)
    await acquire(store)
    await redis.use(async (client) => {
      const keys = await client.keys('*')
      expect(keys.length).toBeGreaterThan(1)
      for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0)
    })
  })

  it('without Redis, counts its share as used up at first, and then lets it through', async () => {
    const { replica, store, lines } = join()
    for (let call = 0; call < 2; call += 1) await acquire(store)
    const lostAt = performance.now()
    await redis.stop()
    await until(() => replica.state === 'alone')
    expect(await acquire(store)).toBeGreaterThan(padded - 1_000)
    await until(async () => (await acquire(store)) === 0)
    expect(performance.now() - lostAt).toBeGreaterThanOrEqual(padded)
    expect(await acquire(store)).toBe(0)
    expect(await acquire(store)).toBe(0)
    expect(await acquire(store)).toBeGreaterThan(2_000)
    expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('Redis is not available') }])

    await redis.start()
    await createOldLogs(redis, identity(), [listings, all])
    await until(() => replica.state === 'shared')
    expect(lines[1]).toMatchObject({ level: 30, msg: expect.stringContaining('Redis is available again') })
    const other = join()
    await until(async () => (await redis.dump()).size > 0)
    for (let call = 0; call < 7; call += 1) expect(await acquire(other.store)).toBe(0)
    expect(await acquire(other.store)).toBeGreaterThan(0)
  }, 60_000)

  it('publishes a pause that began without Redis when Redis is back', async () => {
    const [first, second] = [join(), join()]
    await Promise.all([acquire(first.store), acquire(second.store)])
    await redis.stop()
    await until(() => first.replica.state === 'alone')
    first.store.pause('listings', performance.now() + 60_000)
    await redis.start()
    await until(() => [first, second].every(({ replica }) => replica.state === 'shared'))
    expect(await acquire(first.store)).toBeGreaterThan(50_000)
    const waits: number[] = []
    await until(async () => waits.push(await acquire(second.store)) > 0 && (waits.at(-1) ?? 0) > 50_000)
    expect(waits).not.toContain(0)
  }, 60_000)

  it('without Redis, lets one call through in several windows when the limit is lower than the number of replicas', async () => {
    const { replica, store } = join([{ ...listings, calls: 2, window: 100 }])
    await redis.stop()
    await until(() => replica.state === 'alone')
    await until(async () => (await acquire(store)) === 0)
    const wait = await acquire(store)
    expect(wait).toBeGreaterThan(350)
    expect(wait).toBeLessThanOrEqual(450)
    await redis.start()
  }, 60_000)

  it('does not use a Redis that forbids some of its commands', async () => {
    const user = ['app', 'on', '>secret', '~certgraph:*', '+@connection', '+@string', '+@scripting', '+time', '+del']
    await redis.use((client) => client.call('ACL', 'SETUSER', ...user))
    const { replica, lines } = joining.join(redis.url.replace('//', '//app:secret@'))
    const store = replica.rateLimitStore({ parts: ['a test', 'half'], secret: 'hush-hush' }, [listings])
    expect(await acquire(store)).toBeGreaterThan(0)
    await until(async () => (await acquire(store)) === 0)
    expect(replica.state).toBe('alone')
    expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('Redis is not available') }])
  }, 60_000)

  it('starts without Redis as if Redis had just been lost', async () => {
    await redis.stop()
    const { replica, store } = join()
    expect(await acquire(store)).toBeGreaterThan(padded - 1_000)
    expect(replica.state).toBe('alone')
    await redis.start()
    await until(() => replica.state === 'shared')
    expect(await acquire(store)).toBeGreaterThan(0)
  }, 60_000)
})
