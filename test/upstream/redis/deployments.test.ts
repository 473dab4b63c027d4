import { expect, it } from '@jest/globals'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const everything = `{
  certificates(first: 80, filter: { includeDeleted: true }) {
    totalCount
    complete
    nodes {
      id name active createdAt expiresAt asOf stale parseIssues
      ... on OpenAICertificate { validFrom projects(first: 20) { nodes { name } } }
      ... on AkamaiCertificate {
        issuer keyAlgorithm serialNumber sha256Fingerprint subjectAltNames renewalPending
        deployments { network }
        enrollment { id certificateType commonName subjectAltNames pendingChanges { changeType } }
      }
      ... on LivePersonCertificate { displayName vendorStatus deleted }
    }
    sources { kind status asOf certificateCount unreadableRows place { id } }
  }
}`

describeWithRedis('the data of a deployment in Redis', () => {
  const deployment = setUpDeployment()

  const shared = () => ({ ...deployment.vendors.file, redis: deployment.section })
  /** The configuration of Akamai alone, with a change to each account. */
  const akamai = (change: object) => ({
    redis: deployment.section,
    akamai: { accounts: deployment.vendors.file.akamai.accounts.map((account) => ({ ...account, ...change })) },
  })

  it('lets another replica return the same response without a call', async () => {
    const answer = await deployment.vendors.start(shared()).ask(everything)
    expect(answer).toMatchObject({ data: { certificates: { complete: true } } })
    expect(answer).not.toHaveProperty('errors')
    deployment.vendors.reset()
    expect(await deployment.vendors.start(shared()).ask(everything)).toEqual(answer)
    expect(deployment.vendors.calls()).toEqual([])
  })

  it('is not needed to serve readings from memory when Redis hangs', async () => {
    const program = deployment.vendors.start({ ...shared(), upstream: { deadline: '500ms' } })
    const query = '{ certificates { totalCount complete fresh } }'
    // On a slow machine the first response may not be complete in time. The readings continue.
    await until(async () => JSON.stringify(await program.ask(query)).includes('"complete":true'))
    const warm = await program.ask(query)
    expect(warm).toMatchObject({ data: { certificates: { complete: true, fresh: true } } })
    deployment.redis.freeze()
    try {
      const askedAt = Date.now()
      expect(await program.ask(query)).toEqual(warm)
      // A command times out after two seconds.
      expect(Date.now() - askedAt).toBeLessThan(1_900)
    } finally {
      deployment.redis.thaw()
    }
  })

  it('contains no credential, no PEM, and no place in a key, and expires', async () => {
    await deployment.vendors.start(shared()).ask(everything)
    const kept = await deployment.redis.dump()
    expect(kept.size).toBeGreaterThan(10)
    const { openai, akamai, liveperson } = deployment.vendors
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
      expect(key).toMatch(
        /^certgraph:(2:try|2:\{[\w-]{43}\}:[\w-]{22}:reading|1:\{[\w-]{43}\}:(calls:\d+:[a-z ]*|epoch))$/,
      )
      for (const place of places) expect(key).not.toContain(place)
      await deployment.redis.use(async (client) => expect(await client.pttl(key)).not.toBe(-1))
    }
  })

  it('is not used with another credential, base URL or switch key', async () => {
    const query = '{ certificates { totalCount } }'
    await deployment.vendors.start(akamai({})).ask(query)
    const before = deployment.vendors.calls().length
    await deployment.vendors.start(akamai({})).ask(query)
    expect(deployment.vendors.calls()).toHaveLength(before)

    const [account] = deployment.vendors.akamai.state.accounts
    const { url } = deployment.vendors.akamai.emulator
    await deployment.vendors.start(akamai({ baseUrl: url.replace('127.0.0.1', 'localhost') })).ask(query)
    expect(deployment.vendors.calls()).toHaveLength(2 * before)
    await deployment.vendors.start(akamai({ accountSwitchKey: '1-OTHER' })).ask(query)
    expect(deployment.vendors.calls().length).toBeGreaterThan(2 * before)

    const narrowed = { ...deployment.vendors.file.akamai.accounts[0]?.credentials, accessToken: 'akab-narrowed' }
    if (account) account.accessToken = narrowed.accessToken
    deployment.vendors.reset()
    await deployment.vendors.start(akamai({ credentials: narrowed })).ask(query)
    expect(deployment.vendors.calls()).toHaveLength(before)
  })

  it.each(['string', 'list', 'sorted set', 'hash'] as const)(
    'does no harm when every key becomes a %s of garbage',
    async (kind) => {
      const answer = await deployment.vendors.start(shared()).ask('{ certificates { totalCount complete } }')
      await deployment.redis.use(async (client) => {
        for (const key of await client.keys('*')) {
          await client.del(key)
          if (kind === 'string') await client.set(key, '{"asOf":1')
          if (kind === 'list') await client.lpush(key, 'garbage')
          if (kind === 'sorted set') await client.zadd(key, '+inf', 'garbage', 1e300, 'more', -5, 'old')
          if (kind === 'hash') await client.hset(key, 'token', 'garbage', 'slot', '{"at":1e300}')
          await client.set(key.replace(/[^:]*$/, 'lease'), 'garbage')
          await client.set(key.replace(/[^:]*$/, 'failure'), 'garbage')
        }
      })
      const other = deployment.vendors.start(shared())
      expect(await other.ask('{ certificates { totalCount complete } }')).toEqual(answer)
      expect(await other.health()).toMatchObject({ redis: 'shared' })
    },
  )

  it('does not exist in the sandbox or without the setting', async () => {
    const sandbox = deployment.vendors.start(shared(), 'sandbox')
    await sandbox.ask(everything)
    const embedded = deployment.vendors.start(deployment.vendors.file)
    await embedded.ask(everything)
    expect(await deployment.redis.dump()).toEqual(new Map())
    for (const app of [sandbox, embedded]) expect(await app.health()).not.toHaveProperty('redis')
  })
})
