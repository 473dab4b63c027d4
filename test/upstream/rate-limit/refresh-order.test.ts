import { afterEach, describe, expect, it } from '@jest/globals'
import { Semaphore } from '../../../src/upstream/rate-limit/call-queue.ts'
import { RateLimiter } from '../../../src/upstream/rate-limit/rate-limiter.ts'
import { MemoryRateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { passTime } from '../../support/passing-time.ts'
import { quiet } from '../../support/quiet.ts'
import { type Stack, startStack } from '../../support/stack.ts'

describe('calls that wait for a slot', () => {
  it('are made in the order of the last calls for their places, and a call for no place after those that waited', async () => {
    const clock = createManualClock()
    const limit = { resource: null, calls: 1, window: 60_000, source: 'https://vendor.example/limits' }
    const rateLimiter = new RateLimiter(clock, new MemoryRateLimitStore(clock, [limit]), 10)
    const semaphore = new Semaphore(10)
    const made: string[] = []
    const estimates: Record<string, number> = {}
    const start = clock.elapsed()
    const ask = (name: string, lastCallAt?: number) => {
      const call = {
        resource: 'lists',
        semaphore,
        signal: new AbortController().signal,
        isProbe: () => false,
        lastCallAt,
      }
      const onEstimate = (at: number) => {
        estimates[name] = (at - start) / 1000
      }
      void rateLimiter.acquire({ ...call, onEstimate }).then(() => made.push(name))
    }
    ask('first', Number.NEGATIVE_INFINITY)
    await quiet()
    ask('young', start - 10)
    ask('of no place')
    ask('old', start - 1_000)
    ask('never called', Number.NEGATIVE_INFINITY)
    ask('as old, but later', start - 1_000)
    await quiet()
    const order = ['never called', 'old', 'as old, but later', 'young', 'of no place']
    expect(order.map((name) => estimates[name])).toEqual(order.map((_, index) => 61 * (index + 1)))
    for (const _ of order) {
      clock.advance(61_000)
      await quiet()
    }
    expect(made).toEqual(['first', ...order])
  })
})

describe('the contracts of an account', () => {
  let stack: Stack
  afterEach(() => stack.close())

  const lists = () => stack.callsTo('/cps/v2/active-certificates')
  const counts = () => {
    const ids = lists().map(({ query }) => query.get('contractId') ?? '')
    return [...new Set(ids)].map((id) => ids.filter((each) => each === id).length)
  }

  it('are read equally often when the limit does not suffice for all of them', async () => {
    stack = await startStack({
      scale: { akamai: { accounts: 1, contractsPerAccount: 12, enrollmentsPerContract: 1 } },
      configure: ({ akamai }) => ({ akamai, upstream: { akamai: { ttl: '1m' }, deadline: '1s' } }),
    })
    const all = '{ certificates(first: 1, maxStaleness: "PT1M") { totalCount } }'
    const often = '{ akamaiContract(id: "C-0S3") { certificates(first: 1, maxStaleness: "PT0S") { totalCount } } }'
    for (let step = 0; step < 40; step += 1) {
      const asked = [stack.ask(all), stack.ask(often)]
      await passTime(stack, 15_000, 1_000)
      await Promise.all(asked)
    }
    expect(counts()).toHaveLength(12)
    expect(lists().length).toBeGreaterThanOrEqual(8 * 9)
    // The last round is not complete, and one contract may be read alone between two rounds.
    expect(Math.max(...counts()) - Math.min(...counts())).toBeLessThanOrEqual(2)
  })
})
