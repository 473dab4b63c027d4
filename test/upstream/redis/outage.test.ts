import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { maxCalls, maxCallsInWindow, type ReplicaGroup, startReplicaGroup, window } from '../../support/redis/group.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

const anew = 'PT0S'

describeWithRedis('three processes that lose their Redis', () => {
  let group: ReplicaGroup
  const contracts = Array.from({ length: 24 }, (_, index) => `C-0S${index}`)

  beforeAll(async () => {
    group = await startReplicaGroup(contracts.length)
  }, 90_000)
  afterAll(() => group?.close())

  const allAre = (state: string) => async () => {
    const told = await Promise.all(group.replicas.map(({ health }) => health()))
    return told.every(({ redis }) => redis === state)
  }
  /** Every replica reads this many contracts, each contract by one replica. */
  const readApart = (each: number) =>
    Promise.all(
      group.replicas.flatMap(({ read }, replica) =>
        contracts.slice(replica * each, (replica + 1) * each).map((contract) => read(contract, anew)),
      ),
    )

  it('wait for one window, continue within their shares, and share the rate limit when it is back', async () => {
    const { redis, listings, replicas } = group
    await readApart(3)
    expect(listings).toHaveLength(9)
    const goneAt = Date.now()
    await redis.stop()
    await until(allAre('alone'))
    for (const { health } of replicas) expect(await health()).toMatchObject({ status: 'degraded' })
    for (const { log } of replicas) {
      const lines = log.filter(({ msg }) => String(msg).includes('Redis is not available'))
      expect(lines).toEqual([expect.objectContaining({ level: 'warn' })])
    }

    for (const { status } of await readApart(5)) expect(status).toBe('OK')
    const alone = listings.slice(9)
    expect(alone).toHaveLength(15)
    expect(Math.min(...alone.map(({ at }) => at))).toBeGreaterThanOrEqual(goneAt + window)
    expect(maxCallsInWindow(alone)).toBeLessThanOrEqual(9)

    await redis.start()
    await until(allAre('shared'))
    for (const { log } of replicas)
      expect(log.filter(({ msg }) => String(msg).includes('Redis is available again'))).toHaveLength(1)
    await until(async () => [...(await redis.dump()).keys()].some((key) => key.includes(':calls:')))
    const counted = [...(await redis.dump())].filter(([key]) => key.includes(':calls:'))
    expect(JSON.parse(counted[0]?.[1] ?? '[]').length / 2).toBeGreaterThanOrEqual(6)
    for (const { status } of await readApart(8)) expect(status).toBe('OK')
    expect(maxCallsInWindow(listings)).toBeLessThanOrEqual(maxCalls)
  }, 90_000)

  it('respond while it hangs', async () => {
    const { redis, replicas } = group
    for (const { read } of replicas) await read('C-0S0')
    redis.freeze()
    try {
      const begun = Date.now()
      for (const { read } of replicas) expect(await read('C-0S0')).toMatchObject({ status: 'OK' })
      expect(Date.now() - begun).toBeLessThan(2 * window)
      for (const { status } of await readApart(1)) expect(status).toBe('OK')
    } finally {
      redis.thaw()
    }
    await until(allAre('shared'))
  }, 60_000)

  it('take over the reading of a process that dies', async () => {
    const { failList, listings, replicas } = group
    const [first, second, third] = replicas
    const before = listings.length
    failList('C-0S5', 'hang', 1)
    const lost = first?.read('C-0S5', anew)
    await until(() => listings.length > before)
    const taken = Promise.all([second, third].map((replica) => replica?.read('C-0S5', anew)))
    first?.process.kill('SIGKILL')
    if (first) await once(first.process, 'exit')
    const diedAt = Date.now()
    await expect(lost).rejects.toThrow()
    const [one, other] = await taken
    expect(one).toMatchObject({ status: 'OK' })
    expect(other).toEqual(one)
    expect(Date.now() - diedAt).toBeLessThan(2 * window + 9_000)
    expect(listings.slice(before)).toHaveLength(2)
  }, 60_000)
})
