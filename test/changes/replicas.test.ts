import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { changesOf, listChanges, readAgain } from '../support/change-history.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { passTime, whileTimePasses } from '../support/passing-time.ts'
import { startProgram } from '../support/program.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../support/redis/redis-server.ts'
import { until } from '../support/redis/until.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

type Replica = Awaited<ReturnType<typeof startProgram<ManualClock>>>

const scale = { openai: { organizations: 2, certificatesPerOrganization: 3, projectsPerOrganization: 1 } }
const secret = 'a-secret-that-outlives-the-credentials'
const day = 86_400_000
const expiry = { critical: '14d', warning: '30d', lifetime: 'none' }

describeWithRedis('three replicas with one Redis', () => {
  let redis: RunningRedis
  let stack: Stack
  let replicas: Replica[]
  const organization = () => firstOf(stack.openai.state.organizations)
  const start = (settings: object = { secret }) =>
    startProgram({
      clock: stack.clock,
      file: { ...stack.file, expiry, redis: { url: redis.url, replicas: 3, ...settings } },
      emulators: [],
      limits: false,
    })

  beforeAll(async () => {
    redis = await startRedis()
  }, 30_000)
  afterAll(() => redis.stop())
  beforeEach(async () => {
    await redis.use((client) => client.flushall())
    stack = await startStack({ limits: false, scale, configure: ({ openai }) => ({ openai }) })
    firstOf(organization().certificates).expiresAt = (stack.clock.now() + 40 * day) / 1000
    replicas = await Promise.all([start(), start(), start()])
  })
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()))
    await stack.close()
  })

  /** Every replica makes a reading of its own. */
  async function readAll() {
    for (const replica of replicas) await readAgain(replica)
  }
  const allChanges = () => Promise.all(replicas.map((replica) => changesOf(replica)))
  const thrice = <Item>(item: Item) => replicas.map(() => item)

  it('record each change once, and list it with the same id', async () => {
    await readAll()
    const { name } = organization().certificates.pop() ?? {}
    await readAll()
    expect(await allChanges()).toEqual(thrice([`VANISHED ${name} in ${organization().id}`]))
    const lists = await Promise.all(replicas.map((replica) => listChanges(replica)))
    expect(lists).toEqual(thrice(lists[0]))
  })

  it('record a change once when they read at the same time', async () => {
    await readAll()
    for (let round = 0; round < 5; round += 1) {
      const certificate = { ...firstOf(organization().certificates), id: `cert_${round}`, name: `new ${round}` }
      for (const { certificates } of stack.openai.state.organizations) certificates.push(certificate)
      stack.clock.advance(600_000)
      const query = '{ certificates(first: 1, maxStaleness: "PT1S") { totalCount } }'
      // A replica waits for the reading that another one makes.
      await whileTimePasses(stack.clock, Promise.all(replicas.map((replica) => replica.ask(query))))
    }
    // Each replica waits for its own comparisons alone.
    await allChanges()
    const found = await listChanges(firstOf(replicas))
    expect(found.totalCount).toBe(10)
    expect(new Set(found.nodes.map(({ certificateId, place }) => `${certificateId} ${place.vendorId}`)).size).toBe(10)
  })

  it('record a crossed threshold once', async () => {
    await readAll()
    await allChanges()
    await passTime(stack, 11 * day, 3_600_000 * 6)
    const { name } = firstOf(organization().certificates)
    expect(await allChanges()).toEqual(thrice([`EXPIRING ${name} WARNING in ${organization().id}`]))
  })

  it('keep the history when a replica ends, and when the credential is another one', async () => {
    await readAll()
    const { name } = organization().certificates.pop() ?? {}
    await Promise.all(replicas.splice(0).map((replica) => replica.close()))
    const [first] = stack.openai.state.organizations
    if (!first) throw new Error('there is no organization')
    first.adminKey = 'sk-admin-rotated'
    const { openai } = JSON.parse(JSON.stringify(stack.file)) as { openai: { organizations: { adminKey: string }[] } }
    firstOf(openai.organizations).adminKey = first.adminKey
    const replica = await startProgram({
      clock: stack.clock,
      file: { openai, expiry, redis: { url: redis.url, replicas: 3, secret } },
      emulators: [],
      limits: false,
    })
    replicas.push(replica)
    await readAgain(replica)
    expect(await changesOf(replica)).toEqual([`VANISHED ${name} in ${organization().id}`])
  })

  it('record no change while Redis is lost, and find it afterwards', async () => {
    await readAll()
    const replica = firstOf(replicas)
    await changesOf(replica)
    redis.freeze()
    const { name } = organization().certificates.pop() ?? {}
    await readAgain(replica)
    await expect(changesOf(replica)).rejects.toThrow('UPSTREAM_UNAVAILABLE')
    redis.thaw()
    await until(() => {
      stack.clock.advance(60_000)
      return replicas.every(({ processState }) => processState.replicas.state === 'shared')
    })
    await readAll()
    expect(await allChanges()).toEqual(thrice([`VANISHED ${name} in ${organization().id}`]))
  })

  it('do not use what another program has written', async () => {
    await readAll()
    organization().certificates.pop()
    await redis.use(async (client) => {
      for (const key of await client.keys('*history*')) {
        if ((await client.type(key)) !== 'hash') await client.set(key, 'forged')
        else for (const field of await client.hkeys(key)) await client.hset(key, field, 'forged')
      }
    })
    await readAll()
    expect(await allChanges()).toEqual(thrice([]))
    organization().certificates.pop()
    await readAll()
    expect((await allChanges()).map((changes) => changes.length)).toEqual(thrice(1))
  })

  it('follow the changes of each other', async () => {
    await readAll()
    const [first, other] = replicas
    if (!first || !other) throw new Error('there are no replicas')
    const end = new AbortController()
    const feed = other.processState.changes.history
    const found: string[] = []
    const following = (async () => {
      for await (const changes of feed.follow(0, end.signal)) found.push(...changes.map(({ kind }) => kind))
    })()
    organization().certificates.pop()
    await readAgain(first)
    await listChanges(first)
    await until(() => {
      stack.clock.advance(1_000)
      return found.length > 0
    })
    expect(found).toEqual(['VANISHED'])
    expect(await feed.last()).toBe(1)
    end.abort()
    await following
  })

  it('each have a history of their own without a secret', async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.close()))
    await redis.use((client) => client.flushall())
    replicas.push(...(await Promise.all([start({}), start({})])))
    const [first, other] = replicas
    if (!first || !other) throw new Error('there are no replicas')
    await readAgain(first)
    expect((await listChanges(first)).recordedSince).not.toBeNull()
    expect((await listChanges(other)).recordedSince).toBeNull()
    const msg = expect.stringContaining('redis.secret is not set')
    expect(first.log).toContainEqual(expect.objectContaining({ level: 40, msg }))
    expect([...(await redis.dump()).keys()].filter((key) => key.includes('history'))).toEqual([])
  })
})
