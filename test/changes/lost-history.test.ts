import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { changesOf, changesQuery, listChanges, readAgain } from '../support/change-history.ts'
import { openEventStream } from '../support/event-stream.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { startProgram } from '../support/program.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../support/redis/redis-server.ts'
import { until } from '../support/redis/until.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

const scale = { openai: { organizations: 1, certificatesPerOrganization: 5, projectsPerOrganization: 1 } }
const secret = 'a-secret-that-outlives-the-credentials'

describeWithRedis('with a history in Redis', () => {
  let redis: RunningRedis
  let stack: Stack
  let replicas: Awaited<ReturnType<typeof startProgram<ManualClock>>>[]
  const organization = () => firstOf(stack.openai.state.organizations)
  const start = () =>
    startProgram({
      clock: stack.clock,
      file: { ...stack.file, redis: { url: redis.url, replicas: 2, secret } },
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
    replicas = [await start(), await start()]
  })
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()))
    await stack.close()
  })

  async function readAll() {
    for (const replica of replicas) {
      await readAgain(replica)
      // Waits for the comparison.
      await listChanges(replica)
    }
  }

  describe('a history that cannot be read', () => {
    const unavailable = { extensions: { code: 'UPSTREAM_UNAVAILABLE' } }

    it('is an error, and not an empty list', async () => {
      await readAll()
      organization().certificates.pop()
      await readAll()
      const [replica] = replicas
      if (!replica) throw new Error('there is no replica')
      expect(await listChanges(replica)).toMatchObject({ totalCount: 1, nodes: [{ kind: 'VANISHED' }] })
      await redis.stop()
      try {
        expect(await replica.ask(changesQuery('first: 5'))).toMatchObject({
          data: { certificateChanges: null },
          errors: [unavailable],
        })
        expect(replica.log.at(-1)).toMatchObject({ codes: ['UPSTREAM_UNAVAILABLE'], complete: false })
        const query = 'subscription { certificateChanged { id } }'
        const stream = await openEventStream(new URL(replica.url).origin, { query })
        await stream.untilClosed()
        expect(stream.results).toMatchObject([{ errors: [unavailable] }])
      } finally {
        await redis.start()
      }
    })

    it('is read again from where it was left', async () => {
      const [first, other] = replicas
      if (!first || !other) throw new Error('there are no replicas')
      await readAll()
      organization().certificates.pop()
      await readAgain(first)
      await listChanges(first)
      const { history } = other.processState.changes
      const { changes } = history.store
      history.store.changes = async () => null
      expect(await history.update()).toBe(false)
      history.store.changes = changes
      expect(await changesOf(other)).toHaveLength(1)
    })
  })

  describe('a history that was lost', () => {
    /** One replica after the other: the first one may still compare what it has read. */
    async function recordedSince() {
      const found: (string | null)[] = []
      for (const replica of replicas) found.push((await listChanges(replica)).recordedSince)
      return found
    }
    const lostLines = () => replicas.map(({ log }) => log.filter(({ lostSince }) => lostSince !== undefined))

    /** A history with a change, as both replicas list it. */
    async function record(): Promise<string> {
      await readAll()
      organization().certificates.pop()
      await readAll()
      const [since, same] = await recordedSince()
      if (!since) throw new Error('nothing is recorded')
      expect(same).toBe(since)
      return since
    }

    /** One replica reads the places again, which begins a new history for both. */
    async function expectNew(since: string): Promise<void> {
      await readAgain(firstOf(replicas))
      const [begun, same] = await recordedSince()
      expect(Date.parse(begun ?? '')).toBeGreaterThan(Date.parse(since))
      expect(same).toBe(begun)
      expect(await changesOf(firstOf(replicas))).toEqual([])
      organization().certificates.pop()
      await readAll()
      for (const replica of replicas) expect(await changesOf(replica)).toHaveLength(1)
      expect(await recordedSince()).toEqual([begun, begun])
      expect(lostLines()).toMatchObject(replicas.map(() => [{ level: 40, lostSince: since }]))
    }

    it('is not claimed by any replica after FLUSHALL, although no place is read', async () => {
      const since = await record()
      await redis.use((client) => client.flushall())
      for (const replica of replicas) {
        expect(await listChanges(replica)).toMatchObject({ totalCount: 0, nodes: [], recordedSince: null })
      }
      await expectNew(since)
    })

    it('begins again with the first reading after Redis has started empty', async () => {
      const since = await record()
      await redis.stop()
      await redis.start()
      await until(() => {
        stack.clock.advance(60_000)
        return replicas.every(({ processState }) => processState.replicas.state === 'shared')
      })
      await expectNew(since)
    })

    async function evict(part: string): Promise<void> {
      await redis.use(async (client) => {
        const keys = await client.keys(`*history:${part}*`)
        expect(keys).toHaveLength(1)
        await client.del(keys)
      })
    }

    it('takes its baselines with it when Redis has evicted the bounds alone', async () => {
      const since = await record()
      await evict('bounds')
      expect(await recordedSince()).toEqual([null, null])
      await expectNew(since)
    })

    it('is noticed by the next reading when Redis has evicted the baselines alone', async () => {
      const since = await record()
      await evict('heads')
      await readAgain(firstOf(replicas))
      const [begun] = await recordedSince()
      expect(Date.parse(begun ?? '')).toBeGreaterThan(Date.parse(since))
      expect(lostLines()[0]).toMatchObject([{ lostSince: since }])
    })
  })
})
