import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { GraphQLString } from 'graphql'
import { anonymousCaller } from '../../src/access/caller.ts'
import { defaultLimits } from '../../src/limits.ts'
import type { Caller } from '../../src/operation.ts'
import { ConcurrencyLimiter } from '../../src/server/concurrency-limiter.ts'
import { type Answer, post } from '../support/http-client.ts'
import { type RunningServer, startServer, type TestFields } from '../support/running-server.ts'
import { until } from '../support/until.ts'

/** A field that resolves on demand and counts its pending calls. */
function createGate() {
  const waiting: (() => void)[] = []
  const gate: TestFields = {
    gate: { type: GraphQLString, resolve: () => new Promise((resolve) => waiting.push(() => resolve('open'))) },
  }
  const open = () => {
    for (const go of waiting.splice(0)) go()
  }
  return { gate, waiting, open }
}

const busy = { executing: 3, waiting: 2, perCaller: 2 }
const overloaded = { errors: [{ extensions: { code: 'OVERLOADED', limit: 3, retryAfterSeconds: 1 } }] }

describe('the concurrency limiter', () => {
  let server: RunningServer
  let gate: ReturnType<typeof createGate>
  const ask = (name?: string) => post(server.url, { query: '{ gate }' }, name ? { authorization: name } : {})
  const opened = (answers: readonly Answer[]) => answers.map(({ body }) => JSON.parse(body).data?.gate)

  beforeEach(async () => {
    gate = createGate()
    server = await startServer(gate.gate, {
      limits: { ...defaultLimits, operations: busy },
      authenticate: async (presented) =>
        presented.authorization
          ? { ...anonymousCaller(presented), name: presented.authorization, isIdentified: true }
          : anonymousCaller(presented),
    })
  })
  afterEach(() => server.close())

  it('executes operations up to the limit and queues the next ones in order', async () => {
    const answers = [ask(), ask(), ask(), ask(), ask()]
    await until(() => gate.waiting.length === 3)
    gate.open()
    await until(() => gate.waiting.length === 2)
    gate.open()
    expect(opened(await Promise.all(answers))).toEqual(Array(5).fill('open'))
  })

  it('rejects operations when the queue is full, with Retry-After', async () => {
    const answers = [ask(), ask(), ask()]
    await until(() => gate.waiting.length === 3)
    const waiting = [ask(), ask(), ask(), ask()]
    const refused: Answer[] = []
    for (const each of waiting) void each.then((answer) => answer.status === 503 && refused.push(answer))
    await until(() => refused.length === 2)
    for (const { headers, body } of refused) {
      expect([headers['retry-after'], JSON.parse(body)]).toMatchObject(['1', overloaded])
    }
    gate.open()
    await until(() => gate.waiting.length === 2)
    gate.open()
    await Promise.all([...answers, ...waiting])
    expect(await post(server.url, { query: '{ hello }' })).toMatchObject({ body: '{"data":{"hello":"world"}}' })
  })

  it('rejects a queued operation when its deadline passes', async () => {
    const answers = [ask(), ask(), ask()]
    await until(() => gate.waiting.length === 3)
    const late = ask()
    await until(() => server.clock.pendingSleeps === 4)
    server.clock.advance(25_000)
    expect(await late).toMatchObject({ status: 503 })
    gate.open()
    await Promise.all(answers)
  })

  it('limits each identified caller separately', async () => {
    const answers = [ask('a'), ask('a')]
    await until(() => gate.waiting.length === 2)
    const { status, headers, body } = await ask('a')
    expect([status, headers['retry-after'], JSON.parse(body)]).toMatchObject([
      429,
      '1',
      { errors: [{ extensions: { code: 'OVERLOADED', limit: 2 } }] },
    ])
    // Nothing was executed that could be complete.
    expect(server.log.filter(({ msg }) => msg === 'operation')).toEqual([
      expect.not.objectContaining({ complete: expect.anything() }),
    ])
    answers.push(ask('b'))
    await until(() => gate.waiting.length === 3)
    gate.open()
    expect(opened(await Promise.all(answers))).toEqual(['open', 'open', 'open'])
    const again = ask('a')
    await until(() => gate.waiting.length === 1)
    gate.open()
    expect(opened([await again])).toEqual(['open'])
  })

  it('has no limit per caller for unidentified callers', async () => {
    const answers = [ask(), ask(), ask()]
    await until(() => gate.waiting.length === 3)
    gate.open()
    expect(opened(await Promise.all(answers))).toEqual(['open', 'open', 'open'])
  })
})

describe('a queued operation', () => {
  const callerOf = (name: string): Caller => ({ name, permissions: new Set(), places: null, isIdentified: true })
  const { signal } = new AbortController()

  it('executes before older ones of a caller who has used more time', async () => {
    const used: Readonly<Record<string, number>> = { hostile: 500, other: 20, idle: 0 }
    const limiter = new ConcurrencyLimiter({ executing: 1, waiting: 9, perCaller: 9 }, ({ name }) => used[name] ?? 0)
    const order: string[] = []
    const run = async (name: string) => {
      const release = await limiter.acquire(callerOf(name), signal)
      order.push(name)
      release()
    }
    const first = await limiter.acquire(callerOf('hostile'), signal)
    const waiting = ['hostile', 'hostile', 'other', 'idle', 'other'].map(run)
    first()
    await Promise.all(waiting)
    expect(order).toEqual(['idle', 'other', 'other', 'hostile', 'hostile'])
  })
})
