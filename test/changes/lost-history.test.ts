import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { changesOf, changesQuery, listChanges, readAgain } from '../support/change-history.ts'
import { openEventStream } from '../support/event-stream.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { startProgram } from '../support/program.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../support/redis/redis-server.ts'
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
    for (const replica of replicas) await readAgain(replica)
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
})
