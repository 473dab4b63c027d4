import { expect, it } from '@jest/globals'
import { systemClock } from '../../../src/upstream/clock.ts'
import { ValueSigner } from '../../../src/upstream/redis/value-signer.ts'
import { setUpReplicas } from '../../support/redis/joined.ts'
import { createCallOptions, fields, read, row } from '../../support/redis/reading-maker.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'

describeWithRedis('untrusted readings', () => {
  const replicas = setUpReplicas()

  const identity = { parts: ['a test'], secret: 'hush-hush' }
  const wanted = () => ({ identity, fields, maxAge: 60_000, startedAfter: () => systemClock.elapsed() - 1_000 })
  const join = () => replicas.join()

  it.each([
    ['not JSON', 'garbage'],
    ['of another shape', '[]'],
    ['without an array of rows', '{"readAt":ASOF,"missing":0,"rows":{}}'],
    ['with a negative number of missing rows', '{"readAt":ASOF,"missing":-1,"rows":[]}'],
    ['with an infinite time', '{"readAt":1e400,"missing":0,"rows":[]}'],
    ['complete before they started', '{"readAt":1,"missing":0,"rows":[]}'],
    ['from the future', '{"readAt":9999999999999,"missing":0,"rows":[]}', 9_999_999_999_999],
    ['complete in the future', '{"readAt":9999999999999,"missing":0,"rows":[]}'],
  ])('are not used when they are %s, which is logged without their content', async (_, body, asOf = Date.now()) => {
    const [first, second] = [join(), join()]
    await first.replica.readings.getOrMake(wanted(), createCallOptions(), async () => read())
    const key = [...(await replicas.redis.dump()).keys()].find((each) => each.endsWith(':reading')) ?? ''
    const value = { asOf, expiresAt: asOf + 60_000, body: body.replaceAll('ASOF', `${asOf}`) }
    const text = new ValueSigner(identity.secret).sign(key, value)
    const spoil = () => replicas.redis.use((client) => client.set(key, text))
    await spoil()
    expect(await second.replica.readings.get(identity)).toBeNull()
    await spoil()
    const made = await second.replica.readings.getOrMake(wanted(), createCallOptions(), async () => read())
    expect(made.rows.rows).toEqual([row])
    expect(second.lines.length).toBeGreaterThan(0)
    expect(JSON.stringify(second.lines)).not.toContain('missing')
    expect(second.replica.invalidValues).toBe(2)
    expect(second.lines).toHaveLength(1)
  })

  it('that cannot be serialized are served, not shared, and logged once', async () => {
    const { replica, lines } = join()
    const deep = { id: JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown }
    for (const _ of [1, 2]) {
      const made = await replica.readings.getOrMake(wanted(), createCallOptions(), async () => ({
        ...read(),
        rows: { rows: [deep], missing: 0 },
      }))
      expect(made.rows.rows).toEqual([deep])
    }
    expect(await replica.readings.get(identity)).toBeNull()
    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        msg: 'a reading cannot be shared with the other replicas',
        cause: expect.stringContaining('call stack'),
      }),
    ])
  })

  it('from a clock that is slightly ahead count as made now', async () => {
    const [first, second] = [join(), join()]
    const ahead = Date.now() + 2_000
    await first.replica.readings.getOrMake(wanted(), createCallOptions(), async () => ({
      ...read(),
      asOf: ahead,
      readAt: systemClock.elapsed(),
      bytes: 0,
    }))
    const shared = await second.replica.readings.get(identity)
    expect(shared?.asOf).toBeLessThanOrEqual(Date.now())
    expect(shared?.startedAt).toBe(shared?.readAt)
    expect(shared?.readAt).toBeLessThanOrEqual(systemClock.elapsed())
  })
})
