import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { useBuiltProgram } from '../support/built-program.ts'
import { type NotifyingProgram, prepareNotifyingProgram } from '../support/notifying-program.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../support/redis/redis-server.ts'
import { until } from '../support/redis/until.ts'

describeWithRedis('three replicas', () => {
  const program = useBuiltProgram()
  let prepared: NotifyingProgram
  let redis: RunningRedis
  beforeEach(async () => {
    redis = await startRedis()
    prepared = await prepareNotifyingProgram(program)
  })
  afterEach(async () => {
    await prepared.close()
    await redis.stop()
  })

  /** Milliseconds in which every replica reads its places again, and would send what it has found. */
  const pause = 4_000

  it('send one message of a change, also after two of them were killed, and one pair of an outage', async () => {
    const { receiver, upload, names, openai } = prepared
    const shared = { redis: { url: redis.url, replicas: 3, secret: 'replicas'.repeat(5) } }
    const replicas = await Promise.all([1, 2, 3].map(() => prepared.start(shared)))
    await sleep(pause)
    const ids = ['cert_a', 'cert_b', 'cert_c']
    for (const [index, id] of ids.entries()) {
      upload(id)
      await until(() => names().includes(id))
      await sleep(pause)
      if (index < 2) await replicas[index]?.kill()
    }
    expect(names()).toEqual(ids)
    expect(new Set(receiver.ids).size).toBe(3)

    const end = openai.emulator.fault({ match: () => true, effect: { status: 503 } })
    await until(() => receiver.types.includes('source.unavailable'))
    await sleep(pause)
    end()
    await until(() => receiver.types.includes('source.recovered'))
    await sleep(pause)
    const events = receiver.messages.filter(({ type }) => type.startsWith('source.'))
    const sourceOf = ({ data }: (typeof events)[number]) => JSON.stringify(Reflect.get(Object(data['source']), 'kind'))
    const kinds = [...new Set(events.map(sourceOf))]
    for (const kind of kinds) {
      expect(events.filter((each) => sourceOf(each) === kind).map(({ type }) => type)).toEqual([
        'source.unavailable',
        'source.recovered',
      ])
    }
    expect(kinds.length).toBeGreaterThan(0)
    expect(names()).toEqual(ids)
  }, 240_000)
})
