import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import type { TextKind } from '../../../src/state/kept-kinds.ts'
import { systemClock } from '../../../src/upstream/clock.ts'
import { ValueSigner } from '../../../src/upstream/redis/value-signer.ts'
import { setUpReplicas } from '../../support/redis/joined.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const secret = 'hush'.repeat(8)
const day = 86_400_000

describeWithRedis('the texts that replicas keep', () => {
  const replicas = setUpReplicas()
  const join = (signedWith: string | undefined = secret) => replicas.join(systemClock, signedWith)
  const textsOf = (kind: TextKind = 'x509', bounds = { maxCount: 3, maxAge: day }) => join().replica.texts(kind, bounds)

  /** The fields of the texts in Redis, with the key of their hash. */
  const stored = () =>
    replicas.redis.use(async (client) => {
      const [name = ''] = await client.keys('*texts:x509')
      return { name, fields: name === '' ? {} : await client.hgetall(name) }
    })
  const replace = (key: string, text: string) =>
    replicas.redis.use(async (client) => client.hset((await stored()).name, key, text))

  it('are found by every replica with the same secret, by kind and key', async () => {
    const texts = textsOf()
    expect(texts.isKept).toBe(true)
    await texts.set('a b', 'Zürich {"of": 1}')
    expect(await textsOf().get('a b')).toBe('Zürich {"of": 1}')
    expect(await textsOf().get('a')).toBeNull()
    expect(await textsOf('notify').get('a b')).toBeNull()
  })

  it('are found when the clock of the replica that wrote them was ahead', async () => {
    const clock = { ...systemClock, now: () => systemClock.now() + day / 2 }
    await replicas.join(clock, secret).replica.texts('x509', { maxCount: 3, maxAge: day }).set('a', '1')
    expect(await textsOf().get('a')).toBe('1')
  })

  it('are replaced and removed', async () => {
    const [first, second] = [textsOf(), textsOf()]
    await first.set('a', '1')
    await second.set('a', '2')
    expect(await first.get('a')).toBe('2')
    await first.remove('a')
    expect(await second.get('a')).toBeNull()
    expect((await stored()).fields).toEqual({})
  })

  it('make room for new ones: those that were set first are dropped', async () => {
    const texts = textsOf()
    for (const key of ['a', 'b', 'c', 'a', 'd']) {
      await texts.set(key, key)
      await sleep(2)
    }
    expect(Object.keys((await stored()).fields).toSorted()).toEqual(['a', 'c', 'd'])
    expect(await texts.get('b')).toBeNull()
  })

  it('are dropped when they were not set for their time, and all of them with an unused secret', async () => {
    const texts = textsOf('x509', { maxCount: 9, maxAge: 200 })
    await texts.set('a', '1')
    await sleep(120)
    await texts.set('b', '1')
    await sleep(120)
    await texts.set('c', '1')
    expect(Object.keys((await stored()).fields).toSorted()).toEqual(['b', 'c'])
    await until(async () => (await stored()).name === '')
  })

  it('are neither used nor deleted by a replica with another secret', async () => {
    await textsOf().set('a', '1')
    const { replica } = join('other'.repeat(8))
    const texts = replica.texts('x509')
    expect(await texts.get('a')).toBeNull()
    await texts.set('a', '2')
    expect(await textsOf().get('a')).toBe('1')
    expect(replica.invalidValues).toBe(0)
  })

  const sign = (by: string, name: string, { expiresAt = Date.now() + day } = {}) =>
    new ValueSigner(by).sign(name, { asOf: Date.now(), expiresAt, body: 'forged' })

  it.each<[string, (text: string, name: string) => string]>([
    ['that has no signature', () => 'forged'],
    ['that is signed with another secret', (_, name) => sign('guess'.repeat(8), `${name}:a`)],
    ['that is signed for another key', (_, name) => sign(secret, `${name}:b`)],
    ['that was changed', (text) => text.replace(/genuine$/, 'forged')],
    ['that has expired', (_, name) => sign(secret, `${name}:a`, { expiresAt: Date.now() - day })],
  ])('are counted as invalid and removed: one %s', async (_, forge) => {
    const { replica, lines } = join()
    const texts = replica.texts('x509')
    await texts.set('a', 'genuine')
    const { name, fields } = await stored()
    await replace('a', forge(fields['a'] ?? '', name))
    expect(await texts.get('a')).toBeNull()
    expect(replica.invalidValues).toBe(1)
    expect((await stored()).fields).toEqual({})
    expect(JSON.stringify(lines)).not.toContain(secret)
  })

  it.each(['string', 'set', 'field', 'order'])('survive what another program does to their keys: %s', async (kind) => {
    const texts = textsOf()
    await texts.set('a', '1')
    const { name } = await stored()
    await replicas.redis.use(async (client) => {
      if (kind === 'string') await client.set(name, 'x')
      if (kind === 'set') await client.pipeline().del(`${name}:order`).sadd(`${name}:order`, 'x').exec()
      if (kind === 'field') await client.hset(name, 'a', 'x'.repeat(2 ** 20), 'b', 'y')
      if (kind === 'order') await client.del(`${name}:order`)
    })
    expect(await texts.get('a')).toBeNull()
    await texts.set('a', '2')
    expect(await textsOf().get('a')).toBe('2')
    expect(Object.keys((await stored()).fields)).toEqual(['a'])
  })

  it('are kept in the process while Redis is lost, and shared afterwards', async () => {
    const [first, second] = [textsOf(), textsOf()]
    await first.set('old', '1')
    await replicas.redis.stop()
    await first.set('a', '1')
    await first.set('b', '1')
    await first.remove('b')
    expect(await first.get('a')).toBe('1')
    expect(await first.get('b')).toBeNull()
    expect(await first.get('old')).toBeNull()
    expect(await second.get('a')).toBeNull()
    await replicas.redis.start()
    await until(async () => (await second.get('a')) === '1')
  })

  it('are in the memory of the process without redis.secret', async () => {
    const { replica } = replicas.join()
    const texts = replica.texts('x509')
    expect(texts.isKept).toBe(false)
    await texts.set('a', '1')
    expect(await texts.get('a')).toBe('1')
    expect(await replica.texts('x509').get('a')).toBe('1')
    expect(await replicas.join().replica.texts('x509').get('a')).toBeNull()
    expect([...(await replicas.redis.dump()).keys()].filter((key) => key.includes('texts'))).toEqual([])
  })
})
