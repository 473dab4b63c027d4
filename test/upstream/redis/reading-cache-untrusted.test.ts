import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { systemClock } from '../../../src/upstream/clock.ts'
import { createReplicaJoiner } from '../../support/redis/joined.ts'
import { createCallOptions, fields, read, row } from '../../support/redis/reading-maker.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../../support/redis/redis-server.ts'

describeWithRedis('readings that somebody else may have written', () => {
  let redis: RunningRedis
  const joining = createReplicaJoiner()

  beforeAll(async () => {
    redis = await startRedis()
  }, 30_000)
  afterAll(() => redis?.stop())
  beforeEach(() => redis.use((client) => client.flushall()))
  afterEach(joining.leave)

  const identity = ['a test', 'hush-hush']
  const wanted = () => ({ identity, fields, maxAge: 60_000, startedAfter: () => systemClock.elapsed() - 1_000 })
  const join = () => joining.join(redis.url)

  it.each([
    ['no JSON', 'garbage'],
    ['another shape', '[]'],
    ['rows that are none', '{"asOf":ASOF,"readAt":ASOF,"missing":0,"rows":{}}'],
    ['fewer rows missing than none', '{"asOf":ASOF,"readAt":ASOF,"missing":-1,"rows":[]}'],
    ['a time that is none', '{"asOf":1e400,"readAt":1e400,"missing":0,"rows":[]}'],
    ['an end before the beginning', '{"asOf":ASOF,"readAt":1,"missing":0,"rows":[]}'],
    ['a time to come', '{"asOf":9999999999999,"readAt":9999999999999,"missing":0,"rows":[]}'],
    ['an end to come', '{"asOf":ASOF,"readAt":9999999999999,"missing":0,"rows":[]}'],
  ])('are not taken when they are %s, and that is logged without a word of it', async (_, text) => {
    const [first, second] = [join(), join()]
    await first.replica.readings.getOrMake(wanted(), createCallOptions(), async () => read())
    const key = [...(await redis.dump()).keys()].find((each) => each.endsWith(':reading')) ?? ''
    const spoil = () => redis.use((client) => client.set(key, text.replaceAll('ASOF', `${Date.now()}`)))
    await spoil()
    expect(await second.replica.readings.get(identity)).toBeNull()
    await spoil()
    const made = await second.replica.readings.getOrMake(wanted(), createCallOptions(), async () => read())
    expect(made.rows.rows).toEqual([row])
    expect(second.lines.length).toBeGreaterThan(0)
    expect(JSON.stringify(second.lines)).not.toContain('missing')
  })

  it('from a clock that is a little ahead count as made just now', async () => {
    const [first, second] = [join(), join()]
    const ahead = Date.now() + 2_000
    await first.replica.readings.getOrMake(wanted(), createCallOptions(), async () => ({
      ...read(),
      asOf: ahead,
      readAt: systemClock.elapsed(),
    }))
    const recalled = await second.replica.readings.get(identity)
    expect(recalled?.asOf).toBeLessThanOrEqual(Date.now())
    expect(recalled?.startedAt).toBe(recalled?.readAt)
    expect(recalled?.readAt).toBeLessThanOrEqual(systemClock.elapsed())
  })
})
