import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { SharedReadingRequest } from '../../../src/upstream/cache/reading.ts'
import { systemClock } from '../../../src/upstream/clock.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { createReplicaJoiner } from '../../support/redis/joined.ts'
import {
  createCallOptions,
  createMaker,
  failOnRead,
  fields,
  pem,
  read,
  row,
} from '../../support/redis/reading-maker.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const down = new UpstreamError('UPSTREAM_UNAVAILABLE', 'the vendor is down', { httpStatus: 503, retryAfterSeconds: 7 })

describeWithRedis('readings that replicas share', () => {
  let redis: RunningRedis
  let startedAfter = 0
  const joining = createReplicaJoiner()

  beforeAll(async () => {
    redis = await startRedis()
  }, 30_000)
  afterAll(() => redis?.stop())
  beforeEach(async () => {
    startedAfter = systemClock.elapsed() - 1_000
    await redis.use((client) => client.flushall())
  })
  afterEach(joining.leave)

  const identity = { parts: ['a test'], secret: 'hush-hush' }
  const request = (): SharedReadingRequest => ({
    identity,
    fields,
    maxAge: 60_000,
    startedAfter: () => startedAfter,
  })
  const join = () => joining.join(redis.url)
  const keyOf = async (part: string) => [...(await redis.dump()).keys()].find((key) => key.endsWith(part)) ?? ''

  it('are made once for all replicas', async () => {
    const [first, second, third] = [join(), join(), join()]
    const { make, succeed } = createMaker()
    const mine = first.replica.readings.getOrMake(request(), createCallOptions(), make)
    await until(() => make.mock.calls.length > 0)
    const waiting = createCallOptions()
    const theirs = [second, third].map(({ replica }) => replica.readings.getOrMake(request(), waiting, failOnRead))
    await until(() => waiting.slots.length > 2)
    succeed()
    const { asOf, startedAt, readAt } = await mine
    const known = { id: row.id, name: row.name, details: { expiresAt: 1.5 } }
    // The other replicas convert wall-clock times, which are whole milliseconds.
    const handedOn = {
      asOf,
      startedAt: expect.closeTo(startedAt, -1),
      readAt: expect.closeTo(readAt, -1),
      bytes: expect.any(Number),
      rows: { rows: [known], missing: 0 },
    }
    expect(await Promise.all(theirs)).toEqual([handedOn, handedOn])
    expect(await second.replica.readings.get(identity)).toEqual(handedOn)
    expect(make).toHaveBeenCalledTimes(1)
    expect(JSON.stringify([...(await redis.dump())])).not.toContain(pem)
  })

  it('are made again for a replica that needs a newer one, while another replica makes an older one', async () => {
    const [first, second] = [join(), join()]
    const old = createMaker()
    const mine = first.replica.readings.getOrMake(request(), createCallOptions(), old.make)
    await until(() => old.make.mock.calls.length > 0)
    const anew = createMaker()
    anew.succeed()
    const waiting = createCallOptions()
    const newer = second.replica.readings.getOrMake(request(), waiting, anew.make)
    await until(() => waiting.slots.length > 0)
    old.succeed()
    startedAfter = systemClock.elapsed()
    await mine
    await newer
    expect(anew.make).toHaveBeenCalledTimes(1)
  })

  it('report the slot that they wait for to the other replicas', async () => {
    const [first, second] = [join(), join()]
    const at = systemClock.elapsed() + 20_000
    const error = () => new UpstreamError('UPSTREAM_RATE_LIMITED', 'LivePerson’s limit 🔒', { retryAfterSeconds: 20 })
    const { make, succeed } = createMaker()
    const mine = first.replica.readings.getOrMake(request(), createCallOptions(), (from) => {
      from.onQueued({ at, error })
      return make()
    })
    await until(() => make.mock.calls.length > 0)
    const waiting = createCallOptions()
    const theirs = second.replica.readings.getOrMake(request(), waiting, failOnRead)
    await until(() => Math.abs((waiting.slots.at(-1)?.at ?? 0) - at) < 5)
    const told = waiting.slots.at(-1)?.error()
    expect(told).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', message: 'LivePerson’s limit 🔒' })
    expect(told?.details.retryAfterSeconds).toBeGreaterThan(10)
    succeed()
    await Promise.all([mine, theirs])
  })

  it('that fail are not made again at once by another replica', async () => {
    const [first, second] = [join(), join()]
    const { make, fail } = createMaker()
    fail(down)
    await expect(first.replica.readings.getOrMake(request(), createCallOptions(), make)).rejects.toBe(down)
    const failure = second.replica.readings.getOrMake(request(), createCallOptions(), failOnRead)
    const { code, message, details } = down
    await expect(failure).rejects.toMatchObject({ name: 'UpstreamError', code, message, details })
    expect(await redis.use(async (client) => client.pttl(await keyOf(':failure')))).toBeLessThanOrEqual(5_000)
  })

  it('that fail with a bug leave nothing in Redis', async () => {
    const [first, second] = [join(), join()]
    const { make, fail } = createMaker()
    fail(new TypeError('a bug'))
    await expect(first.replica.readings.getOrMake(request(), createCallOptions(), make)).rejects.toThrow('a bug')
    expect(await second.replica.readings.getOrMake(request(), createCallOptions(), async () => read())).toMatchObject({
      rows: {},
    })
  })

  it('are left to the replica that makes them, however long it takes', async () => {
    const [first, second] = [join(), join()]
    const { make, succeed } = createMaker()
    const mine = first.replica.readings.getOrMake(request(), createCallOptions(), make)
    await until(() => make.mock.calls.length > 0)
    const theirs = second.replica.readings.getOrMake(request(), createCallOptions(), failOnRead)
    await sleep(2_000)
    // Without renewals, less than three of its five seconds would be left.
    expect(await redis.use(async (client) => client.pttl(await keyOf(':lease')))).toBeGreaterThan(3_500)
    succeed()
    expect((await theirs).asOf).toBe((await mine).asOf)
  })

  it('do not replace a reading that began later', async () => {
    const [first, second] = [join(), join()]
    const late = createMaker()
    const lost = first.replica.readings.getOrMake(request(), createCallOptions(), late.make)
    await until(() => late.make.mock.calls.length > 0)
    await redis.use(async (client) => client.del(await keyOf(':lease')))
    const newer = await second.replica.readings.getOrMake(request(), createCallOptions(), async () => ({
      ...read(),
      asOf: Date.now(),
    }))
    late.succeed()
    await lost
    await first.replica.readings.get(identity)
    expect(await second.replica.readings.get(identity)).toMatchObject({ asOf: newer.asOf })
  })

  it('are made by each replica without Redis', async () => {
    const [first, second] = [join(), join()]
    const hanging = createMaker()
    const mine = first.replica.readings.getOrMake(request(), createCallOptions(), hanging.make)
    await until(() => hanging.make.mock.calls.length > 0)
    const { make, succeed } = createMaker()
    succeed()
    const theirs = second.replica.readings.getOrMake(request(), createCallOptions(), make)
    await redis.stop()
    await theirs
    hanging.succeed()
    await mine
    expect(await second.replica.readings.get(identity)).toBeNull()
    await redis.start()
  })

  it('do not wait for a Redis that hangs', async () => {
    const { replica } = join()
    await replica.readings.get(identity)
    redis.freeze()
    try {
      const begun = Date.now()
      expect(await replica.readings.get(identity)).toBeNull()
      await replica.readings.getOrMake(request(), createCallOptions(), async () => read())
      expect(Date.now() - begun).toBeLessThan(5_000)
      expect(replica.state).toBe('alone')
    } finally {
      redis.thaw()
    }
    await until(() => replica.state === 'shared')
  })
})
