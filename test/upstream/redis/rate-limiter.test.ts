import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { maxCalls, maxCallsInWindow, type ReplicaGroup, startReplicaGroup } from '../../support/redis/group.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'

const everything = '{ certificates { totalCount complete sources { status asOf place { id } } } }'

interface Everything {
  readonly certificates: {
    readonly totalCount: number
    readonly complete: boolean
    readonly sources: readonly object[]
  }
}

const contracts = 24

describeWithRedis('three processes with one Redis', () => {
  let group: ReplicaGroup

  beforeAll(async () => {
    group = await startReplicaGroup(contracts)
  }, 90_000)
  afterAll(() => group?.close())

  it('serve a reading of another process without a call', async () => {
    const [first, second, third] = group.replicas
    const source = await first?.read('C-0S0')
    expect(source).toMatchObject({ status: 'OK', asOf: expect.any(String) })
    expect(await second?.read('C-0S0')).toEqual(source)
    expect(await third?.read('C-0S0')).toEqual(source)
    expect(group.listings).toHaveLength(1)
    expect(group.akamai.emulator.calls.filter(({ path }) => path.endsWith('/identifiers'))).toHaveLength(1)
  }, 30_000)

  it('stay within the rate limit together, read each contract once, and return every row', async () => {
    const { replicas, listings } = group
    const before = listings.length
    const answers = await Promise.all(replicas.map(({ ask }) => ask<Everything>(everything)))
    for (const { certificates } of answers) {
      expect(certificates).toMatchObject({ totalCount: contracts * 2, complete: true })
      expect(certificates.sources).toEqual(answers[0]?.certificates.sources)
    }
    expect(listings.slice(before).map(({ contract }) => contract)).toHaveLength(contracts - 1)
    expect(new Set(listings.map(({ contract }) => contract)).size).toBe(contracts)
    expect(maxCallsInWindow(listings)).toBeLessThanOrEqual(maxCalls)
    for (const { health } of replicas) expect(await health()).toMatchObject({ status: 'ok', redis: 'shared' })
  }, 60_000)

  it('call a failing vendor once', async () => {
    const before = group.listings.length
    const mend = group.failList('C-0S1', { status: 403 })
    const sources = await Promise.all(group.replicas.map(({ read }) => read('C-0S1', 'PT0S')))
    mend()
    for (const { error } of sources) expect(error).toEqual({ code: 'UPSTREAM_FORBIDDEN' })
    expect(group.listings.length - before).toBe(1)
  }, 30_000)
})
