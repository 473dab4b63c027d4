import { expect, it } from '@jest/globals'
import { list } from '../../support/listing.ts'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'

describeWithRedis('A replica that starts', () => {
  const deployment = setUpDeployment()

  it('serves the old readings in Redis at once while every vendor hangs', async () => {
    // Without a restart, every operation waits for a new reading.
    const upstream = { ttl: '0s', discoveryTtl: '0s', staleWhileRevalidate: '0s', staleIfError: '1h' }
    const file = { ...deployment.vendors.file, redis: deployment.section, upstream }
    const start = () => {
      const { ask } = deployment.vendors.start(file)
      return { ask: async (query: string) => (await ask(query)) as never }
    }
    const before = await list(start())
    expect(before).toMatchObject({ complete: true })
    await deployment.vendors.leave()
    for (const { emulator } of [deployment.vendors.openai, deployment.vendors.akamai, deployment.vendors.liveperson])
      emulator.fault({ effect: 'hang' })
    const after = await list(start())
    expect(after.nodes.map(({ id, asOf }) => [id, asOf])).toEqual(before.nodes.map(({ id, asOf }) => [id, asOf]))
    expect(new Set(after.sources.map(({ status, error }) => `${status}: ${error?.message}`))).toEqual(
      new Set(['STALE: the last reading is from before the start of certgraph; a new one is being made']),
    )
  })
})
