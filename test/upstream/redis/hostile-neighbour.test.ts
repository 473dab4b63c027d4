import { expect, it } from '@jest/globals'
import { ValueSigner } from '../../../src/upstream/redis/value-signer.ts'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { describeWithRedis, type RunningRedis } from '../../support/redis/redis-server.ts'

const everything = `{
  certificates(first: 80) {
    totalCount complete fresh nodes { id name asOf } sources { kind status asOf certificateCount place { id } }
  }
}`
const name = `{ openAIOrganization(id: "org_bluequay") {
  certificates(first: 100) { nodes { name } } source { status asOf }
} }`
const anew = `{ openAIOrganization(id: "org_bluequay") { certificates(first: 100, maxStaleness: "PT0S") { nodes { name } } } }`

type RedisClient = Parameters<Parameters<RunningRedis['use']>[0]>[0]

/** A signature by a process without the secret. */
const guess = new ValueSigner('guess')
const forge = (key: string, lifetime = 3_600_000) =>
  guess.sign(key, {
    asOf: Date.now(),
    expiresAt: Date.now() + lifetime,
    body: `{"readAt":${Date.now() + 100},"missing":0,"rows":[]}`,
  })

describeWithRedis('a neighbour that writes to Redis', () => {
  const deployment = setUpDeployment()
  const file = () => ({ ...deployment.vendors.file, redis: deployment.section, upstream: { minReadingAge: '1ms' } })
  const readings = async (client: RedisClient) => (await client.keys('*')).filter((key) => key.endsWith(':reading'))

  it.each<[string, (key: string, text: string, next: string) => string]>([
    [
      'empty readings of the previous version',
      () => `{"asOf":${Date.now()},"readAt":${Date.now()},"missing":0,"rows":[]}`,
    ],
    ['empty readings with a signature of its own', (key) => forge(key)],
    ['empty rows under the signature of a replica', (_, text) => text.replace(/"rows":.*$/s, '"rows":[]}')],
    ['the readings of other places', (_key, _text, next) => next],
    ['older readings with a new time', (_, text) => text.replace(/^\d+|(?<="readAt":)\d+/g, String(Date.now()))],
  ])('does not change an answer with %s, and is reported', async (_, write) => {
    const first = deployment.vendors.start(file())
    const answer = await first.ask(everything)
    expect(answer).toMatchObject({ data: { certificates: { complete: true, fresh: true } } })
    await deployment.redis.use(async (client) => {
      const keys = await readings(client)
      expect(keys.length).toBeGreaterThan(5)
      const texts = await Promise.all(keys.map(async (key) => (await client.get(key)) ?? ''))
      for (const [index, key] of keys.entries()) {
        const next = texts[(index + 1) % texts.length] ?? ''
        await client.set(key, write(key, texts[index] ?? '', next), 'PX', 3_600_000)
      }
    })
    const second = deployment.vendors.start(file())
    const withoutTimes = (value: unknown) => JSON.parse(JSON.stringify(value).replace(/"asOf":"[^"]*"/g, '"asOf":""'))
    expect(withoutTimes(await second.ask(everything))).toEqual(withoutTimes(answer))
    expect(await second.health()).toMatchObject({ redis: 'shared', invalidRedisValues: expect.any(Number) })
    expect(await first.health()).not.toHaveProperty('invalidRedisValues')
    const lines = second.lines.filter(({ msg }) => String(msg).includes('invalid signature'))
    expect(lines).toEqual([expect.objectContaining({ level: 40 })])
  })

  it('does not lead a replica back to an older reading', async () => {
    const organization = deployment.vendors.openai.state.organizations.find(({ id }) => id === 'org_bluequay')
    const [certificate] = organization?.certificates ?? []
    if (!certificate) throw new Error('no certificate to rename')
    const first = deployment.vendors.start(file())
    const before = await first.ask(name)
    const old = await deployment.redis.use(async (client) => {
      const keys = await readings(client)
      return Promise.all(keys.map(async (key) => [key, (await client.get(key)) ?? ''] as const))
    })
    certificate.name = 'Later name'
    await first.ask(anew)
    const after = await first.ask(name)
    expect(JSON.stringify(after)).toContain('Later name')

    await deployment.redis.use(async (client) => {
      for (const [key, text] of old) await client.set(key, text, 'PX', 3_600_000)
    })
    expect(await first.ask(name)).toEqual(after)
    // A replica that has just started finds an old reading, with the time at which it was true.
    const second = deployment.vendors.start(file())
    expect(await second.ask(name)).toEqual(before)
    expect(JSON.stringify(await second.ask(anew))).toContain('Later name')
    expect(await second.ask(name)).not.toEqual(before)
  })
})
