import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { describeWithRedis, type RunningRedis, startRedis } from './redis-server.ts'
import { startVendors, type Vendors } from './vendors.ts'

describeWithRedis('a Redis that hangs', () => {
  let redis: RunningRedis
  let vendors: Vendors
  beforeAll(async () => {
    redis = await startRedis()
    vendors = await startVendors()
  }, 30_000)
  afterEach(() => vendors.leave())
  afterAll(async () => {
    redis?.thaw()
    await Promise.all([vendors?.close(), redis?.stop()])
  })

  it('takes nobody beyond their deadline: what is in memory is answered', async () => {
    const shared = { redis: { url: redis.url, replicas: 3 } }
    const program = vendors.start({ ...vendors.file, ...shared, upstream: { deadline: '500ms' } })
    const query = '{ certificates { totalCount complete fresh } }'
    const warm = await program.ask(query)
    expect(warm).toMatchObject({ data: { certificates: { complete: true, fresh: true } } })
    redis.freeze()
    const askedAt = Date.now()
    expect(await program.ask(query)).toEqual(warm)
    // It would be given up after two seconds.
    expect(Date.now() - askedAt).toBeLessThan(1_900)
  })
})
