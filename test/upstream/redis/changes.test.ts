import { afterEach, describe, expect, it } from '@jest/globals'
import { issueAuthority } from '../../support/mutations.ts'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { createReplicaJoiner } from '../../support/redis/joined.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

describeWithRedis('a change by one replica', () => {
  const deployment = setUpDeployment()

  describe('with the id of the last change', () => {
    const joining = createReplicaJoiner()
    afterEach(joining.leave)
    const join = () => {
      const { replica } = joining.join(deployment.redis.url)
      return { replica, changes: replica.changes({ parts: ['a test'], secret: 'hush-hush' }, 60_000) }
    }

    it('is known to all replicas for as long as a reading may be used', async () => {
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

      const keys = [...(await deployment.redis.dump()).keys()].filter((key) => key.endsWith(':change'))
      expect(keys).toEqual([expect.not.stringContaining('hush')])
      await deployment.redis.use(async (client) => expect(await client.pttl(keys[0] ?? '')).toBeGreaterThan(50_000))
    })

    it('is published later when Redis is not available', async () => {
      const [first, second] = [join(), join()]
      await first.changes.record()
      const before = await second.changes.latest()
      await deployment.redis.stop()
      await until(() => first.replica.state === 'alone' && second.replica.state === 'alone')
      await first.changes.record()
      const after = await first.changes.latest()
      expect(after).not.toBe(before)
      expect(await second.changes.latest()).toBe(before)
      await deployment.redis.start()
      await until(() => first.replica.state === 'shared' && second.replica.state === 'shared')
      await until(async () => (await second.changes.latest()) === after)
    }, 30_000)

    it('is published again to a Redis that was restarted', async () => {
      const [first, second] = [join(), join()]
      await first.changes.record()
      const name = await first.changes.latest()
      await deployment.redis.stop()
      await deployment.redis.start()
      await until(() => first.replica.state === 'shared' && second.replica.state === 'shared')
      await until(async () => (await second.changes.latest()) === name)
      expect(await first.changes.latest()).toBe(name)
    }, 30_000)

    it('replaces garbage in Redis', async () => {
      const { changes } = join()
      await changes.record()
      const name = await changes.latest()
      const [key = ''] = [...(await deployment.redis.dump()).keys()].filter((each) => each.endsWith(':change'))
      for (const garbage of ['x'.repeat(1_000_000), Buffer.from([0xff, 0, 0x80])]) {
        await deployment.redis.use((client) => client.set(key, garbage))
        expect(await changes.latest()).toBe(name)
        expect(await join().changes.latest()).toBe(name)
      }
      await deployment.redis.use(async (client) => {
        await client.del(key)
        await client.lpush(key, 'garbage')
      })
      expect(await changes.latest()).toBe(name)
      expect(await join().changes.latest()).toBe(name)
    })
  })

  describe('at OpenAI', () => {
    it('is in the next list of every replica after one call, and no PEM is in Redis', async () => {
      const file = { ...deployment.vendors.file, writes: 'enabled', redis: deployment.section }
      const [first, second, third] = [
        deployment.vendors.start(file),
        deployment.vendors.start(file),
        deployment.vendors.start(file),
      ]
      const list = '{ openAIOrganization(id: "org_bluequay") { certificates(first: 100) { nodes { name } } } }'
      const before = await second.ask(list)
      expect(await third.ask(list)).toEqual(before)
      const content = await issueAuthority(Date.now())
      const input = `{ organizationId: "org_bluequay", name: "Brand new", content: ${JSON.stringify(content)} }`
      const written = await first.ask(`mutation { uploadOpenAICertificate(input: ${input}) { __typename } }`)
      expect(written).toEqual({ data: { uploadOpenAICertificate: { __typename: 'UploadOpenAICertificateSuccess' } } })

      deployment.vendors.reset()
      const after = await second.ask(list)
      expect(JSON.stringify(after)).toContain('Brand new')
      expect(await third.ask(list)).toEqual(after)
      expect(await first.ask(list)).toEqual(after)
      expect(deployment.vendors.calls()).toEqual(['/v1/organization/certificates'])
      expect(JSON.stringify([...(await deployment.redis.dump())])).not.toContain('BEGIN')
    }, 30_000)
  })
})
