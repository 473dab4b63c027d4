import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Reading, ReadingTask } from '../../../src/upstream/cache/reading.ts'
import { completeRows, type Rows } from '../../../src/upstream/cache/reading.ts'
import { ReadingCache } from '../../../src/upstream/cache/reading-cache.ts'
import type { CallContext } from '../../../src/upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { Semaphore } from '../../../src/upstream/rate-limit/call-queue.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { createTestLog } from '../../support/test-log.ts'
import { until } from '../../support/until.ts'
import { failureOf } from '../../support/vendor-call.ts'

interface List {
  readonly version: unknown
}

let clock: ManualClock
let pipeline: ResiliencePipeline
let readings: ReadingCache<List>
let logged: readonly Record<string, unknown>[]
let made: number

/** Readings that are served for their ttl and no longer. */
beforeEach(() => {
  const { log, lines } = createTestLog()
  const settings = { ...idleUpstream.settings, readingTimeout: 10_000, staleWhileRevalidate: 0, staleIfError: 0 }
  clock = createManualClock()
  const upstream = { ...idleUpstream, clock, log, settings }
  pipeline = new ResiliencePipeline(
    upstream,
    { provider: 'EXAMPLE', brand: 'Example' },
    createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
  )
  readings = new ReadingCache<List>(upstream, () => 1)
  logged = lines
  made = 0
})

type Make = ReadingTask<List>['read']

const make: Make = async () => completeRows([++made])

const inTime = new AbortController().signal

function read(key: string, how: Make = make, ttl = 60_000, signal = inTime): Promise<Reading<List>> {
  const task: ReadingTask<List> = {
    key,
    pipeline,
    ttl,
    shared: null,
    read: how,
    toValue: ({ rows: [version] }) => ({ version }),
  }
  return readings.read(task, { signal, deadline: clock.elapsed() + 25_000 })
}

/** A reading whose call is made at once, and that ends when the test says so. */
function held() {
  let finish: (version: number) => void = () => {}
  let fail: (reason: Error) => void = () => {}
  let signal: AbortSignal | undefined
  const promise = new Promise<Rows>((resolve, reject) => {
    finish = (version) => resolve(completeRows([version]))
    fail = reject
  })
  return {
    make: (context: CallContext) => {
      signal = context.signal
      context.onQueued(null)
      return promise
    },
    finish,
    fail,
    aborted: () => signal?.aborted,
  }
}

const fresh = { stale: false, error: null }
const forbidden = new UpstreamError('UPSTREAM_FORBIDDEN', 'no', { retryAfterSeconds: 8 })

/** Resolves once a reading is being made. */
const begun = () => until(() => clock.pendingSleeps > 0)

describe('a reading', () => {
  it('is fresh until its ttl is over, to the millisecond, and is then made again', async () => {
    const asOf = clock.now()
    expect(await read('a')).toEqual({ value: { version: 1 }, asOf, startedAt: 0, ...fresh })
    clock.advance(59_999)
    expect(await read('a')).toEqual({ value: { version: 1 }, asOf, startedAt: 0, ...fresh })
    clock.advance(1)
    expect(await read('a')).toEqual({ value: { version: 2 }, asOf: asOf + 60_000, startedAt: 60_000, ...fresh })
  })

  it('is cached by its key', async () => {
    await read('a')
    expect((await read('b')).value).toEqual({ version: 2 })
    expect((await read('a')).value).toEqual({ version: 1 })
  })

  it('is as old as its first call, and its ttl begins at its end', async () => {
    const asOf = clock.now()
    const slow = held()
    const reading = read('a', slow.make, 5_000)
    await begun()
    clock.advance(4_000)
    slow.finish(7)
    expect(await reading).toMatchObject({ asOf })
    clock.advance(4_999)
    expect(await read('a', make, 5_000)).toMatchObject({ value: { version: 7 }, asOf })
    clock.advance(1)
    expect(await read('a', make, 5_000)).toMatchObject({ value: { version: 1 } })
  })

  it('is made once for all operations that wait for it, even with a ttl of 0', async () => {
    const slow = held()
    const first = read('a', slow.make, 0)
    const others = [read('a', make, 0), read('a', make, 0)]
    slow.finish(7)
    expect(await Promise.all([first, ...others])).toEqual(
      Array(3).fill(expect.objectContaining({ value: { version: 7 } })),
    )
    expect(made).toBe(0)
    expect((await read('a', make, 0)).value).toEqual({ version: 1 })
    expect((await read('a', make, 0)).value).toEqual({ version: 2 })
  })

  it('that fails rejects for all operations that wait, and for five seconds for all others', async () => {
    const slow = held()
    const failures = [failureOf(read('a', slow.make)), failureOf(read('a'))]
    slow.fail(forbidden)
    expect(await Promise.all(failures)).toEqual([forbidden, forbidden])
    clock.advance(4_999)
    expect(await failureOf(read('a'))).toMatchObject({
      code: 'UPSTREAM_FORBIDDEN',
      message: 'no',
      details: { retryAfterSeconds: 4 },
    })
    expect(made).toBe(0)
    clock.advance(1)
    expect((await read('a')).value).toEqual({ version: 1 })
    expect(clock.pendingSleeps).toBe(0)
  })

  it('that fails does not affect the reading of another key', async () => {
    await failureOf(read('a', async () => Promise.reject(forbidden)))
    expect((await read('b')).value).toEqual({ version: 1 })
  })

  it('that fails with a bug rejects, is logged, and is not remembered', async () => {
    const reason = new Error('a bug')
    const failing = read('a', () => {
      throw reason
    })
    expect(await failureOf(failing)).toBe(reason)
    expect(logged).toMatchObject([{ level: 50, msg: 'a reading failed unexpectedly', err: { message: 'a bug' } }])
    expect((await read('a')).value).toEqual({ version: 1 })
    expect(clock.pendingSleeps).toBe(0)
  })

  it('is aborted after its timeout, and the next one is made', async () => {
    const slow = held()
    const failure = failureOf(read('a', slow.make))
    await begun()
    clock.advance(9_999)
    expect(slow.aborted()).toBe(false)
    clock.advance(1)
    expect(await failure).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      message: 'the reading was not complete within 10000 ms',
    })
    expect(slow.aborted()).toBe(true)
    clock.advance(5_000)
    expect((await read('a')).value).toEqual({ version: 1 })
    slow.finish(7)
    expect((await read('a')).value).toEqual({ version: 1 })
  })

  it('is served to an operation that has ended, but is not made for one', async () => {
    const over = AbortSignal.abort(new DOMException('over', 'TimeoutError'))
    await read('a')
    expect((await read('a', make, 60_000, over)).value).toEqual({ version: 1 })
    expect(await failureOf(read('b', make, 60_000, over))).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      message: 'not read before the operation ended',
    })
    expect(made).toBe(1)
  })

  it.each([-86_400_000, 86_400_000])('is fresh as long when the wall clock is set by %d ms', async (adjustment) => {
    const asOf = clock.now()
    await read('a')
    clock.adjustWallClock(adjustment)
    clock.advance(59_999)
    expect(await read('a')).toMatchObject({ value: { version: 1 }, asOf })
    clock.advance(1)
    expect(await read('a')).toMatchObject({ value: { version: 2 }, asOf: clock.now() })
  })

  it('is evicted when there are too many rows, the least recently used first', async () => {
    const upstream = { ...idleUpstream, clock }
    readings = new ReadingCache<List>(upstream, () => 9, 30)
    for (const key of ['a', 'b', 'c']) await read(key)
    await read('a')
    await read('d')
    expect(made).toBe(4)
    for (const key of ['a', 'c', 'd']) await read(key)
    expect(made).toBe(4)
    await read('b')
    expect(made).toBe(5)
  })

  it('leaves no timer behind', async () => {
    const slow = [held(), held(), held()]
    const all = slow.map(({ make: how }, index) => read(String(index), how))
    await until(() => clock.pendingSleeps === 3)
    for (const { finish } of slow) finish(7)
    await Promise.all(all)
    expect(clock.pendingSleeps).toBe(0)
  })
})

describe('readings that are forgotten', () => {
  it('are made again, and the others are not', async () => {
    await read('a')
    await read('b')
    readings.forget((key) => key === 'a')
    expect(readings.known.last('a')).toBeNull()
    expect((await read('b')).value.version).toBe(2)
    expect((await read('a')).value.version).toBe(3)
  })

  it('do not wait for a slot any more', async () => {
    const limits = [{ resource: 'certificates', calls: 1, window: 60_000, source: 'test' }]
    const upstream = { ...idleUpstream, clock, settings: { ...idleUpstream.settings, limits } }
    const { rateLimiter } = new ResiliencePipeline(
      upstream,
      { provider: 'EXAMPLE', brand: 'Example' },
      createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
    )
    const semaphore = new Semaphore(8)
    const call = { resource: 'certificates', semaphore, isProbe: () => false }
    const waiting = (): number => rateLimiter.status('certificates')?.waiting ?? 0
    const limited: Make = async ({ signal, onQueued }) => {
      await rateLimiter.acquire({
        ...call,
        signal,
        onEstimate: (at) => onQueued({ at, error: () => new UpstreamError('UPSTREAM_RATE_LIMITED', 'wait') }),
      })
      return completeRows([++made])
    }
    await read('a', limited)
    const failures = Promise.all([failureOf(read('b', limited)), failureOf(read('c', limited))])
    await until(() => waiting() === 2)
    await failures
    readings.forget((key) => key === 'b')
    await until(() => waiting() === 1)
    expect(pipeline.circuitOpen).toBe(false)
  })
})
