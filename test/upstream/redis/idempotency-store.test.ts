import { expect, it } from '@jest/globals'
import type { Identity } from '../../../src/upstream/call/vendor-api.ts'
import type { IdempotencyStore, RequestLease } from '../../../src/upstream/idempotency-store.ts'
import { ValueSigner } from '../../../src/upstream/redis/value-signer.ts'
import type { RequestRecord } from '../../../src/upstream/request-records.ts'
import { setUpReplicas } from '../../support/redis/joined.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const secret = 'hush-hush'
const identity: Identity = { parts: ['a test'], secret }
const otherAccount: Identity = { parts: ['another test'], secret: 'another' }
const record: RequestRecord = { digest: 'd', sentAt: 1_900_000_000_000, result: '{"result":{"name":"Zürich"}}' }
const unsettled = { ...record, result: null }
const day = 86_400_000
const owner = 'caller'
const never = new AbortController().signal

describeWithRedis('the idempotency store of replicas', () => {
  const replicas = setUpReplicas()

  const join = () => replicas.join().replica.requests(identity)

  async function lease(store: IdempotencyStore, key = 'k'): Promise<RequestLease> {
    const state = await store.acquire(key, owner)
    if (!state.lease) throw new Error('the request is running')
    return state.lease
  }
  async function remember(store: IdempotencyStore, saved: RequestRecord | null): Promise<void> {
    const held = await lease(store)
    await held.save(saved)
    await held.release()
  }
  async function recall(store: IdempotencyStore, key = 'k'): Promise<RequestRecord | null> {
    const state = await store.acquire(key, owner)
    await state.lease?.release()
    return state.record
  }
  const keyLike = async (end: string) =>
    [...(await replicas.redis.dump()).keys()].find((key) => key.endsWith(end)) ?? ''

  it('shows what one replica remembers to the others', async () => {
    const [first, second] = [join(), join()]
    for (const saved of [unsettled, record]) {
      await remember(first, saved)
      expect(await recall(second)).toEqual(saved)
    }
  })

  it('shows that a record was removed', async () => {
    const [first, second] = [join(), join()]
    await remember(first, unsettled)
    await remember(first, null)
    expect(await recall(second)).toBeNull()
  })

  it('keeps a record for 24 hours', async () => {
    await remember(join(), record)
    const left = await replicas.redis.use(async (client) => client.pttl(await keyLike(':request:k')))
    expect(left).toBeGreaterThan(day - 10_000)
    expect(left).toBeLessThanOrEqual(day)
  })

  it('gives a request to one replica at a time', async () => {
    const [first, second] = [join(), join()]
    const held = await lease(first)
    await held.save(unsettled)
    const waiting = await second.acquire('k', owner)
    expect(waiting).toMatchObject({ lease: null, record: unsettled })
    await held.save(record)
    await held.release()
    if (!waiting.lease) await waiting.ended(never)
    expect(await recall(second)).toEqual(record)
  })

  it('gives one request to one replica when many acquire it at once', async () => {
    const stores = Array.from({ length: 5 }, () => join())
    const states = await Promise.all(stores.map((store) => store.acquire('k', owner)))
    expect(states.filter(({ lease: held }) => held !== null)).toHaveLength(1)
  })

  it('gives up a request whose lease another replica has, unless its result is known', async () => {
    const [first, second] = [join(), join()]
    const held = await lease(first)
    await replicas.redis.use(async (client) => client.del(await keyLike(':lease')))
    await lease(second)
    expect(await held.save(unsettled)).toBe('lost')
    expect(await recall(join())).toBeNull()
    expect(await held.save(record)).toBe('saved')
    expect(await recall(join())).toEqual(record)
  })

  it('renews a lease, and writes it again after Redis lost it', async () => {
    const held = await lease(join())
    await replicas.redis.use((client) => client.flushall())
    await until(async () => (await keyLike(':lease')) !== '')
    expect((await join().acquire('k', owner)).lease).toBeNull()
    await held.release()
    expect(await keyLike(':lease')).toBe('')
  })

  it('does not wait for a lease that never ends', async () => {
    const held = await lease(join())
    const key = await keyLike(':lease')
    await held.release()
    await replicas.redis.use((client) => client.set(key, 'forever'))
    expect((await join().acquire('k', owner)).lease).not.toBeNull()
  })

  it('finds a key that was used for another account', async () => {
    const { replica } = replicas.join()
    replica.requests(identity)
    const stores = replicas.join().replica
    await remember(stores.requests(otherAccount), record)
    expect(await recall(replica.requests(otherAccount))).toEqual(record)
    expect(await recall(replica.requests(identity))).toEqual(record)
    expect(await recall(replica.requests(identity), 'l')).toBeNull()
  })

  it.each<[string, (text: string, name: string, other: string) => string]>([
    ['without a signature', () => JSON.stringify(record)],
    ['signed with another secret', (_, name) => sign('guess', name, record)],
    ['copied from another request', (_text, _name, other) => other],
    ['with another result', (text) => text.replace('Z', 'Y')],
    ['that has expired', (_, name) => sign(secret, name, record, Date.now() - day)],
  ])('uses no record that no replica wrote there: %s', async (_, forge) => {
    const [first, second] = [join(), join()]
    await remember(first, record)
    const name = await keyLike(':request:k')
    const other = await lease(first, 'other')
    await other.save(record)
    const texts = await replicas.redis.dump()
    const forged = forge(texts.get(name) ?? '', name, texts.get(await keyLike(':request:other')) ?? '')
    await replicas.redis.use((client) => client.set(name, forged))
    expect(await recall(second)).toBeNull()
    await replicas.redis.use((client) =>
      client.lpush(`${name}:list`, 'x').then(() => client.rename(`${name}:list`, name)),
    )
    expect(await recall(second)).toBeNull()
  })

  it('remembers in the process while Redis is lost, and publishes that afterwards', async () => {
    const [first, second] = [join(), join()]
    await replicas.redis.stop()
    await remember(first, record)
    expect(await recall(first)).toEqual(record)
    await replicas.redis.start()
    await until(async () => (await keyLike(':request:k')) !== '')
    await until(async () => (await recall(second)) !== null)
    expect(await recall(second)).toEqual(record)
  })

  it('keeps its own record when Redis loses it', async () => {
    const first = join()
    await remember(first, record)
    await replicas.redis.use((client) => client.flushall())
    expect(await recall(first)).toEqual(record)
  })
})

function sign(by: string, name: string, body: RequestRecord, asOf = Date.now()): string {
  return new ValueSigner(by).sign(name, { asOf, expiresAt: asOf + day - 60_000, body: JSON.stringify(body) })
}
