import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import type { RateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { createReplicaJoiner } from '../../support/redis/joined.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const listings: Limit = { resource: 'listings', calls: 10, window: 3_000, source: 'a test' }
const all: Limit = { resource: null, calls: 12, window: 1_000, source: 'a test' }
const kept = 3_250

describeWithRedis('a ledger that three replicas share', () => {
  let redis: RunningRedis
  let budget = 0
  const joining = createReplicaJoiner()

  beforeAll(async () => {
    redis = await startRedis()
  }, 30_000)
  afterAll(() => redis?.stop())
  beforeEach(() => {
    budget += 1
  })
  afterEach(joining.leave)

  function join(limits: readonly Limit[] = [listings, all]) {
    const joined = joining.join(redis.url)
    return { ...joined, ledger: joined.replica.rateLimitStore(['a test', String(budget)], limits) }
  }
  const take = async (ledger: { tryAcquire: RateLimitStore['tryAcquire'] }, resource = 'listings') => {
    const turn = await ledger.tryAcquire(resource)
    return turn === null ? 0 : Math.max(1, turn - performance.now())
  }

  it('lets ten calls through, whoever makes them, and tells when the next one may be made', async () => {
    const ledgers = [join(), join(), join()].map(({ ledger }) => ledger)
    const begun = performance.now()
    const waits = await Promise.all(Array.from({ length: 15 }, (_, index) => take(ledgers[index % 3] ?? join().ledger)))
    const now = performance.now()
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10)
    for (const wait of waits.filter((each) => each > 0)) {
      expect(wait).toBeLessThanOrEqual(kept)
      expect(wait).toBeGreaterThan(kept - 3 * (now - begun) - 50)
    }
  })

  it('knows of the calls of the others once it has asked, by its own clock', async () => {
    const [first, second] = [join(), join()]
    const begun = performance.now()
    for (let call = 0; call < 4; call += 1) await take(first.ledger)
    await take(second.ledger)
    const [log] = second.ledger.windows('listings')
    expect(log?.limit).toBe(listings)
    expect(log?.times).toHaveLength(5)
    for (const time of log?.times ?? []) {
      expect(time).toBeGreaterThanOrEqual(begun - 100)
      expect(time).toBeLessThanOrEqual(performance.now() + 100)
    }
  })

  it('counts a call under every limit on it', async () => {
    const { ledger } = join()
    for (let call = 0; call < 10; call += 1) expect(await take(ledger, 'domains')).toBe(0)
    expect(await take(ledger)).toBe(0)
    expect(await take(ledger)).toBe(0)
    expect(await take(ledger)).toBeGreaterThan(0)
    expect(ledger.windows('listings').map(({ times }) => times.length)).toEqual([2, 12])
  })

  it('writes no calls down where there is no limit, and shares a pause there too', async () => {
    const [first, second] = [join([]), join([])]
    for (let call = 0; call < 40; call += 1) expect(await take(first.ledger)).toBe(0)
    expect([...(await redis.dump()).keys()].filter((key) => key.includes(':calls:listings'))).toEqual([])
    first.ledger.pause('listings', performance.now() + 2_000)
    expect(await take(second.ledger)).toBeGreaterThan(1_000)
  })

  it('shares a pause that a vendor asked for', async () => {
    const [first, second] = [join(), join()]
    await take(first.ledger)
    first.ledger.pause('listings', performance.now() + 2_000)
    const wait = await take(second.ledger)
    expect(wait).toBeGreaterThan(1_000)
    expect(wait).toBeLessThanOrEqual(2_000)
    expect(second.ledger.pausedUntil('listings')).toBeGreaterThan(performance.now())
    expect(await take(second.ledger, 'domains')).toBe(0)
  })

  it('leaves nothing in Redis for ever', async () => {
    const { ledger } = join()
    await take(ledger)
    ledger.pause('listings', performance.now() + 1_000)
    await take(ledger)
    await redis.use(async (client) => {
      const keys = await client.keys('*')
      expect(keys.length).toBeGreaterThan(1)
      for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0)
    })
  })

  it('without Redis, takes its share for spent at first, and then lets that through', async () => {
    const { replica, ledger, lines } = join()
    for (let call = 0; call < 2; call += 1) await take(ledger)
    const gone = performance.now()
    await redis.stop()
    await until(() => replica.state === 'alone')
    expect(await take(ledger)).toBeGreaterThan(kept - 1_000)
    await until(async () => (await take(ledger)) === 0)
    expect(performance.now() - gone).toBeGreaterThanOrEqual(kept)
    expect(await take(ledger)).toBe(0)
    expect(await take(ledger)).toBe(0)
    expect(await take(ledger)).toBeGreaterThan(2_000)
    expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('Redis is not available') }])

    await redis.start()
    await until(() => replica.state === 'shared')
    expect(lines[1]).toMatchObject({ level: 30, msg: expect.stringContaining('Redis is available again') })
    const other = join()
    await until(async () => (await redis.dump()).size > 0)
    for (let call = 0; call < 7; call += 1) expect(await take(other.ledger)).toBe(0)
    expect(await take(other.ledger)).toBeGreaterThan(0)
  }, 60_000)

  it('tells the others on its return of a pause that it heard of alone', async () => {
    const [first, second] = [join(), join()]
    await Promise.all([take(first.ledger), take(second.ledger)])
    await redis.stop()
    await until(() => first.replica.state === 'alone')
    first.ledger.pause('listings', performance.now() + 60_000)
    await redis.start()
    await until(() => [first, second].every(({ replica }) => replica.state === 'shared'))
    expect(await take(first.ledger)).toBeGreaterThan(50_000)
    const waits: number[] = []
    await until(async () => waits.push(await take(second.ledger)) > 0 && (waits.at(-1) ?? 0) > 50_000)
    expect(waits).not.toContain(0)
  }, 60_000)

  it('without Redis, lets fewer through than there are replicas where the limit is lower than that', async () => {
    const { replica, ledger } = join([{ ...listings, calls: 2, window: 100 }])
    await redis.stop()
    await until(() => replica.state === 'alone')
    await until(async () => (await take(ledger)) === 0)
    const wait = await take(ledger)
    expect(wait).toBeGreaterThan(350)
    expect(wait).toBeLessThanOrEqual(450)
    await redis.start()
  }, 60_000)

  it('does without a Redis that lets it do only half of what it needs', async () => {
    const user = ['app', 'on', '>secret', '~certgraph:*', '+@connection', '+@string', '+@scripting', '+time', '+del']
    await redis.use((client) => client.call('ACL', 'SETUSER', ...user))
    const { replica, lines } = joining.join(redis.url.replace('//', '//app:secret@'))
    const ledger = replica.rateLimitStore(['a test', 'half'], [listings])
    expect(await take(ledger)).toBeGreaterThan(0)
    await until(async () => (await take(ledger)) === 0)
    expect(replica.state).toBe('alone')
    expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('Redis is not available') }])
  }, 60_000)

  it('starts without Redis as if it had just gone', async () => {
    await redis.stop()
    const { replica, ledger } = join()
    expect(await take(ledger)).toBeGreaterThan(kept - 1_000)
    expect(replica.state).toBe('alone')
    await redis.start()
    await until(() => replica.state === 'shared')
    expect(await take(ledger)).toBeGreaterThan(0)
  }, 60_000)
})
