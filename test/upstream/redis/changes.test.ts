import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { issueAuthority } from '../../support/mutations.ts'
import { createReplicaJoiner } from '../../support/redis/joined.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'
import { type EmulatedVendors, startEmulatedVendors } from '../../support/redis/vendors.ts'

describeWithRedis('what one replica changes', () => {
  let redis: RunningRedis
  beforeAll(async () => {
    redis = await startRedis()
  }, 30_000)
  afterAll(() => redis?.stop())
  beforeEach(() => redis.use((client) => client.flushall()))

  describe('by the name of the last change', () => {
    const joining = createReplicaJoiner()
    afterEach(joining.leave)
    const join = () => {
      const { replica } = joining.join(redis.url)
      return { replica, changes: replica.changes(['a test', 'hush-hush'], 60_000) }
    }

    it('is known to all, and for no longer than a reading may serve', async () => {
      const [first, second] = [join(), join()]
      expect([await first.changes.latest(), await second.changes.latest()]).toEqual([null, null])
      await first.changes.record()
      const name = await first.changes.latest()
      expect(name).toEqual(expect.any(String))
      expect(await second.changes.latest()).toBe(name)
      await second.changes.record()
      expect(await first.changes.latest()).not.toBe(name)
      expect(await first.changes.latest()).toBe(await second.changes.latest())
      expect([first.changes.count, second.changes.count]).toEqual([1, 1])

      const keys = [...(await redis.dump()).keys()].filter((key) => key.endsWith(':change'))
      expect(keys).toEqual([expect.not.stringContaining('hush')])
      await redis.use(async (client) => expect(await client.pttl(keys[0] ?? '')).toBeGreaterThan(50_000))
    })

    it('is told to the others later when Redis is gone meanwhile', async () => {
      const [first, second] = [join(), join()]
      await first.changes.record()
      const before = await second.changes.latest()
      await redis.stop()
      await until(() => first.replica.state === 'alone' && second.replica.state === 'alone')
      await first.changes.record()
      const after = await first.changes.latest()
      expect(after).not.toBe(before)
      expect(await second.changes.latest()).toBe(before)
      await redis.start()
      await until(() => first.replica.state === 'shared' && second.replica.state === 'shared')
      await until(async () => (await second.changes.latest()) === after)
    }, 30_000)

    it('is told again to a Redis that was started anew and knows nothing', async () => {
      const [first, second] = [join(), join()]
      await first.changes.record()
      const name = await first.changes.latest()
      await redis.stop()
      await redis.start()
      await until(() => first.replica.state === 'shared' && second.replica.state === 'shared')
      await until(async () => (await second.changes.latest()) === name)
      expect(await first.changes.latest()).toBe(name)
    }, 30_000)

    it('is something else when garbage stands there, which does no harm', async () => {
      const { changes } = join()
      await changes.record()
      const [key = ''] = [...(await redis.dump()).keys()].filter((each) => each.endsWith(':change'))
      await redis.use((client) => client.set(key, 'x'.repeat(1_000_000)))
      expect(await changes.latest()).toBe('x'.repeat(64))
      await redis.use(async (client) => {
        await client.del(key)
        await client.lpush(key, 'garbage')
      })
      expect(await changes.latest()).toBe('x'.repeat(64))
    })
  })

  describe('at OpenAI', () => {
    let vendors: EmulatedVendors
    beforeAll(async () => {
      vendors = await startEmulatedVendors()
    }, 30_000)
    afterAll(() => vendors?.close())
    afterEach(() => vendors.leave())

    it('is in the next list of every replica, with one call for all of them, and no PEM is left in Redis', async () => {
      const file = { ...vendors.file, writes: 'enabled', redis: { url: redis.url, replicas: 3 } }
      const [first, second, third] = [vendors.start(file), vendors.start(file), vendors.start(file)]
      const list = '{ openAIOrganization(id: "org_bluequay") { certificates(first: 100) { nodes { name } } } }'
      const before = await second.ask(list)
      expect(await third.ask(list)).toEqual(before)
      const content = await issueAuthority(Date.now())
      const input = `{ organizationId: "org_bluequay", name: "Brand new", content: ${JSON.stringify(content)} }`
      const written = await first.ask(`mutation { uploadOpenAICertificate(input: ${input}) { __typename } }`)
      expect(written).toEqual({ data: { uploadOpenAICertificate: { __typename: 'UploadOpenAICertificateSuccess' } } })

      vendors.reset()
      const after = await second.ask(list)
      expect(JSON.stringify(after)).toContain('Brand new')
      expect(await third.ask(list)).toEqual(after)
      expect(await first.ask(list)).toEqual(after)
      expect(vendors.calls()).toEqual(['/v1/organization/certificates'])
      expect(JSON.stringify([...(await redis.dump())])).not.toContain('BEGIN')
    }, 30_000)
  })
})
