import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeWithRedis, type RunningRedis, startRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'
import { type EmulatedVendors, startEmulatedVendors } from '../../support/redis/vendors.ts'

const everything = `{
  certificates(first: 80, filter: { includeDeleted: true }) {
    totalCount
    complete
    nodes {
      id name active createdAt expiresAt validFrom asOf stale parseIssues
      ... on OpenAICertificate { projects(first: 20) { nodes { name } } }
      ... on AkamaiCertificate {
        issuer keyAlgorithm serialNumber sha256Fingerprint subjectAltNames renewalPending
        deployments { network }
        enrollment { id certificateType commonName subjectAltNames pendingChanges { changeType } }
      }
      ... on LivePersonCertificate { displayName vendorStatus deleted }
    }
    sources { kind status asOf certificateCount unreadableRows scope { id } }
  }
}`

describeWithRedis('what a deployment keeps in Redis', () => {
  let redis: RunningRedis
  let vendors: EmulatedVendors

  beforeAll(async () => {
    redis = await startRedis()
    vendors = await startEmulatedVendors()
  }, 60_000)
  afterAll(async () => {
    await vendors?.close()
    await redis?.stop()
  })
  beforeEach(() => redis.use((client) => client.flushall()))
  afterEach(async () => {
    await vendors.leave()
    vendors.reset()
  })

  const shared = () => ({ ...vendors.file, redis: { url: redis.url, replicas: 3 } })
  /** The configuration of Akamai alone, with one thing in it changed. */
  const akamai = (change: object) => ({
    redis: { url: redis.url, replicas: 3 },
    akamai: { accounts: vendors.file.akamai.accounts.map((account) => ({ ...account, ...change })) },
  })

  it('gives another replica the very same answer for no call at all', async () => {
    const answer = await vendors.start(shared()).ask(everything)
    expect(answer).toMatchObject({ data: { certificates: { complete: true } } })
    expect(answer).not.toHaveProperty('errors')
    vendors.reset()
    expect(await vendors.start(shared()).ask(everything)).toEqual(answer)
    expect(vendors.calls()).toEqual([])
  })

  it('takes nobody beyond their deadline when Redis hangs: what is in memory is answered', async () => {
    const program = vendors.start({ ...shared(), upstream: { deadline: '500ms' } })
    const query = '{ certificates { totalCount complete fresh } }'
    // A slow machine may take longer for the first answer than there is time; the readings go on.
    await until(async () => JSON.stringify(await program.ask(query)).includes('"complete":true'))
    const warm = await program.ask(query)
    expect(warm).toMatchObject({ data: { certificates: { complete: true, fresh: true } } })
    redis.freeze()
    try {
      const askedAt = Date.now()
      expect(await program.ask(query)).toEqual(warm)
      // It would be given up after two seconds.
      expect(Date.now() - askedAt).toBeLessThan(1_900)
    } finally {
      redis.thaw()
    }
  })

  it('holds no credential, no PEM and no name of a place in a key, and none of it for ever', async () => {
    await vendors.start(shared()).ask(everything)
    const kept = await redis.dump()
    expect(kept.size).toBeGreaterThan(10)
    const { openai, akamai, liveperson } = vendors
    const credentials = [
      ...openai.state.organizations.map(({ adminKey }) => adminKey),
      ...akamai.state.accounts.flatMap((each) => [each.clientToken, each.clientSecret, each.accessToken]),
      ...liveperson.state.accounts.flatMap(({ tokens, client }) => [
        ...tokens.map(({ value }) => value),
        ...(client ? [client.clientId, client.clientSecret] : []),
      ]),
    ]
    const text = JSON.stringify([...kept])
    for (const credential of [...credentials, 'BEGIN CERTIFICATE']) expect(text).not.toContain(credential)

    const places = [
      ...openai.state.organizations.flatMap(({ id, name, projects }) => [id, name, ...projects.map((each) => each.id)]),
      ...akamai.state.accounts.flatMap(({ id, name, contracts }) => [id, name, ...contracts.map((each) => each.id)]),
      ...liveperson.state.accounts.map(({ id }) => id),
    ]
    for (const key of kept.keys()) {
      expect(key).toMatch(/^certgraph:1:(try|\{[\w-]{43}\}:(reading|calls:\d+:[a-z ]*))$/)
      for (const place of places) expect(key).not.toContain(place)
      await redis.use(async (client) => expect(await client.pttl(key)).not.toBe(-1))
    }
  })

  it('serves nobody with another credential, base URL or switch key', async () => {
    const query = '{ certificates { totalCount } }'
    await vendors.start(akamai({})).ask(query)
    const before = vendors.calls().length
    await vendors.start(akamai({})).ask(query)
    expect(vendors.calls()).toHaveLength(before)

    const [account] = vendors.akamai.state.accounts
    const { url } = vendors.akamai.emulator
    await vendors.start(akamai({ baseUrl: url.replace('127.0.0.1', 'localhost') })).ask(query)
    expect(vendors.calls()).toHaveLength(2 * before)
    await vendors.start(akamai({ accountSwitchKey: '1-OTHER' })).ask(query)
    expect(vendors.calls().length).toBeGreaterThan(2 * before)

    const narrowed = { ...vendors.file.akamai.accounts[0]?.credentials, accessToken: 'akab-narrowed' }
    if (account) account.accessToken = narrowed.accessToken
    vendors.reset()
    await vendors.start(akamai({ credentials: narrowed })).ask(query)
    expect(vendors.calls()).toHaveLength(before)
  })

  it.each(['string', 'list', 'sorted set', 'hash'] as const)(
    'does no harm when all of it becomes a %s of garbage',
    async (kind) => {
      const answer = await vendors.start(shared()).ask('{ certificates { totalCount complete } }')
      await redis.use(async (client) => {
        for (const key of await client.keys('*')) {
          await client.del(key)
          if (kind === 'string') await client.set(key, '{"asOf":1')
          if (kind === 'list') await client.lpush(key, 'garbage')
          if (kind === 'sorted set') await client.zadd(key, '+inf', 'garbage', 1e300, 'more', -5, 'old')
          if (kind === 'hash') await client.hset(key, { token: 'garbage', turn: '{"at":1e300}' })
          await client.set(key.replace(/[^:]*$/, 'lease'), 'garbage')
          await client.set(key.replace(/[^:]*$/, 'failure'), 'garbage')
        }
      })
      const other = vendors.start(shared())
      expect(await other.ask('{ certificates { totalCount complete } }')).toEqual(answer)
      expect(await other.health()).toMatchObject({ redis: 'shared' })
    },
  )

  it('is nothing in the sandbox, and nothing without the setting', async () => {
    const sandbox = vendors.start(shared(), 'sandbox')
    await sandbox.ask(everything)
    const embedded = vendors.start(vendors.file)
    await embedded.ask(everything)
    expect(await redis.dump()).toEqual(new Map())
    for (const app of [sandbox, embedded]) expect(await app.health()).not.toHaveProperty('redis')
  })
})
