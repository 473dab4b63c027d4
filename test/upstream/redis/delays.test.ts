import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { type RedisProxy, startRedisProxy } from '../../support/redis/proxy.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

/** Its readings are read one after another. */
const query = `{ openAIOrganization(id: "org_bluequay") {
  certificates(first: 100) { totalCount }
  projects(first: 20) { nodes { certificates(first: 100) { totalCount } } }
} }`
/** Just short of the two seconds after which a command fails. */
const lag = 1_900

describeWithRedis('a Redis that answers late', () => {
  const deployment = setUpDeployment()
  let proxy: RedisProxy

  beforeEach(async () => {
    proxy = await startRedisProxy(deployment.redis.url)
  })
  afterEach(() => proxy.close())

  const start = (writes: 'enabled' | 'disabled') =>
    deployment.vendors.start({ ...deployment.vendors.file, writes, redis: { url: proxy.url, replicas: 3 } })
  const timeOf = async (work: () => Promise<unknown>) => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }

  it.each([
    ['enabled', 100],
    ['disabled', 0],
  ] as const)(
    'delays no answer from memory by more than its limit: writes %s, %d ms',
    async (writes, limit) => {
      const program = start(writes)
      const warm = await program.ask(query)
      await program.ask(query)
      proxy.delay = lag
      const times: number[] = []
      for (let time = 0; time < 5; time += 1)
        times.push(await timeOf(async () => expect(await program.ask(query)).toEqual(warm)))
      // The fastest answer shows how long it waits; the others may have had to wait for other work.
      expect(Math.min(...times)).toBeLessThan(limit + 80)
      expect(Math.max(...times)).toBeLessThan(1_000)
      if (writes === 'enabled') expect(Math.min(...times)).toBeGreaterThan(90)
      expect(await program.health()).toMatchObject({ redis: 'shared' })
    },
    30_000,
  )

  it.each(['enabled', 'disabled'] as const)(
    'delays the change by another replica: writes %s',
    async (writes) => {
      const list = `{ openAIOrganization(id: "org_bluequay") {
      certificates(first: 100) { nodes { name ... on OpenAICertificate { certificateId } } }
    } }`
      interface Answer {
        readonly data: { readonly openAIOrganization: { readonly certificates: { readonly nodes: readonly Row[] } } }
      }
      type Row = { readonly name: string; readonly certificateId: string }
      const program = start(writes)
      const rows = async () => ((await program.ask(list)) as Answer).data.openAIOrganization.certificates.nodes
      const name = `Renamed, writes ${writes}`
      const [row] = await rows()
      proxy.delay = 500
      const other = deployment.vendors.start({
        ...deployment.vendors.file,
        writes: 'enabled',
        redis: deployment.section,
      })
      const input = `{ organizationId: "org_bluequay", certificateId: "${row?.certificateId}", name: "${name}" }`
      const renamed = await other.ask(`mutation { renameOpenAICertificate(input: ${input}) { __typename } }`)
      expect(renamed).toEqual({ data: { renameOpenAICertificate: { __typename: 'RenameOpenAICertificateSuccess' } } })
      expect((await rows()).map((each) => each.name)).not.toContain(name)
      await until(async () => (await rows()).some((each) => each.name === name))
    },
    30_000,
  )
})
