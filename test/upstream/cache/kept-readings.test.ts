import { beforeEach, describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../../src/state/memory-state-store.ts'
import { completeRows, type ReadingTask } from '../../../src/upstream/cache/reading.ts'
import { ReadingCache } from '../../../src/upstream/cache/reading-cache.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { StateChangeLog } from '../../../src/upstream/state/change-log.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/until.ts'

interface List {
  readonly version: unknown
}

const ttl = 60_000
let clock: ManualClock
let readings: ReadingCache<List>
let task: ReadingTask<List>
let made: number
let fails: boolean
let reported: number

beforeEach(() => {
  const settings = {
    ...idleUpstream.settings,
    readingTimeout: 10_000,
    staleWhileRevalidate: ttl,
    staleIfError: 3 * ttl,
  }
  clock = createManualClock()
  const upstream = { ...idleUpstream, clock, settings }
  made = 0
  fails = false
  reported = 0
  task = {
    key: 'place',
    pipeline: new ResiliencePipeline(
      upstream,
      { provider: 'EXAMPLE', brand: 'Example' },
      createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
    ),
    ttl,
    shared: null,
    async read() {
      made += 1
      if (fails) throw new UpstreamError('UPSTREAM_FORBIDDEN', 'refused')
      return completeRows([made])
    },
    toValue: ({ rows: [version] }) => ({ version }),
  }
  readings = new ReadingCache<List>(upstream, () => 1, 3)
  readings.events.subscribe('place', () => {
    reported += 1
  })
})

const options = () => ({ signal: new AbortController().signal, deadline: clock.elapsed() + 25_000 })
const read = (key = 'place') => readings.read({ ...task, key }, options())
const readKept = () => readings.readKept(task, options())
const freshUntil = () => {
  const reading = readKept()
  return reading && readings.known.freshUntil(task, reading)
}

const createChangeLog = () =>
  new StateChangeLog(clock, new MemoryStateStore(), { parts: ['EXAMPLE'], secret: 'hush-hush' })

describe('a reading that is kept', () => {
  it('is returned without a promise, as by a read', async () => {
    expect(readKept()).toBeNull()
    const reading = await read()
    expect(readKept()).toEqual(reading)
    expect(made).toBe(1)
  })

  it('is the same for every operation until it is due', async () => {
    await read()
    expect(freshUntil()).toBe(ttl)
    clock.advance(ttl)
    expect(freshUntil()).toBeNull()
  })

  it('is refreshed in the background when it is due, and reports the new one', async () => {
    await read()
    expect(reported).toBe(1)
    clock.advance(ttl)
    expect(readKept()?.value).toEqual({ version: 1 })
    await until(() => reported === 2)
    expect(readKept()?.value).toEqual({ version: 2 })
    expect(freshUntil()).toBe(2 * ttl)
  })

  it('is not returned when it is too old to be served', async () => {
    await read()
    clock.advance(2 * ttl)
    expect(readKept()).toBeNull()
    expect(made).toBe(1)
  })

  it('is returned with the error while another attempt would be too early', async () => {
    await read()
    fails = true
    clock.advance(2 * ttl)
    await read()
    expect(made).toBe(2)
    const stale = readKept()
    expect(stale).toMatchObject({ stale: true, value: { version: 1 }, error: { code: 'UPSTREAM_FORBIDDEN' } })
    expect(readKept()?.error).toBe(stale?.error)
    clock.advance(5_000)
    expect(readKept()).toBeNull()
    expect(made).toBe(2)
  })

  it('is returned with the error while the reading hangs for longer than an operation may wait', async () => {
    await read()
    clock.advance(2 * ttl)
    task = { ...task, read: () => new Promise(() => {}) }
    const late = new AbortController()
    const first = readings.read(task, { signal: late.signal, deadline: clock.elapsed() + 5_000 })
    await until(() => clock.pendingSleeps > 0)
    expect(readKept()).toBeNull()
    clock.advance(5_000)
    late.abort(new DOMException('late', 'TimeoutError'))
    await first
    const kept = readings.readKept(task, { signal: new AbortController().signal, deadline: clock.elapsed() + 5_000 })
    expect(kept).toMatchObject({ stale: true, value: { version: 1 }, error: { code: 'UPSTREAM_TIMEOUT' } })
  })

  it('reports a failure, and is stale until a reading succeeds', async () => {
    await read()
    fails = true
    clock.advance(ttl)
    readKept()
    await until(() => reported === 2)
    expect(readKept()).toMatchObject({ stale: true, value: { version: 1 }, error: { code: 'UPSTREAM_FORBIDDEN' } })
    expect(freshUntil()).toBeNull()
    fails = false
    clock.advance(6_000)
    readKept()
    await until(() => reported === 3)
    expect(readKept()).toMatchObject({ stale: false, value: { version: 3 } })
    expect(freshUntil()).not.toBeNull()
  })

  it('reports that it was evicted', async () => {
    await read()
    await read('another place')
    expect(reported).toBe(2)
    expect(readKept()).toBeNull()
  })

  it('does not serve another operation after a change', async () => {
    const changes = createChangeLog()
    task = { ...task, changes }
    await read()
    expect(readKept()).not.toBeNull()
    expect(freshUntil()).toBeNull()
    await changes.record()
    expect(readKept()).toBeNull()
  })

  it('is not returned while the last change is to be looked up in Redis', async () => {
    await read()
    task = { ...task, changes: Object.assign(createChangeLog(), { isShared: true }) }
    expect(readKept()).toBeNull()
  })

  it('reports nothing after the end of a subscription', async () => {
    let count = 0
    const end = readings.events.subscribe('place', () => {
      count += 1
    })
    await read()
    end()
    clock.advance(2 * ttl)
    await read()
    expect([count, reported]).toEqual([1, 2])
  })
})
