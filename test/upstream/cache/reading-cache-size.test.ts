import { beforeEach, describe, expect, it } from '@jest/globals'
import type { ReadingTask, SharedReading } from '../../../src/upstream/cache/reading.ts'
import { completeRows } from '../../../src/upstream/cache/reading.ts'
import { ReadingCache } from '../../../src/upstream/cache/reading-cache.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { toWallTime } from '../../../src/upstream/clock.ts'
import type { UpstreamDependencies } from '../../../src/upstream/dependencies.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { quiet } from '../../support/quiet.ts'

const minute = 60_000

let clock: ManualClock
let upstream: UpstreamDependencies
let readings: ReadingCache<{ version: unknown }>
let task: ReadingTask<{ version: unknown }>
let made: number
/** The reading of another replica. */
let theirs: SharedReading | null
/** The accepted age of another replica's reading, at each refresh. */
let accepted: number[]
/** Holds back the response of the vendor. */
let gate: Promise<void> | null
let failing: UpstreamError | null

beforeEach(() => {
  clock = createManualClock()
  made = 0
  theirs = null
  accepted = []
  gate = null
  failing = null
  upstream = {
    ...idleUpstream,
    clock,
    replicas: {
      ...idleUpstream.replicas,
      readings: {
        get: async () => theirs,
        getOrMake: async (request, options, make) => {
          accepted.push(clock.elapsed() - request.startedAfter())
          return make(options)
        },
      },
    },
  }
  const pipeline = new ResiliencePipeline(
    upstream,
    { provider: 'EXAMPLE', brand: 'Example' },
    createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
  )
  readings = new ReadingCache(upstream, () => 1)
  task = {
    key: 'a',
    pipeline,
    ttl: minute,
    shared: { identity: { parts: ['a'], secret: 'hush-hush' }, fields: [] },
    async read(context) {
      const [asOf, startedAt] = [clock.now(), clock.elapsed()]
      made += 1
      const version = made
      await gate
      if (failing) throw failing
      context.onResponse?.(asOf, startedAt)
      return completeRows([version])
    },
    toValue: ({ rows: [version] }) => ({ version }),
  }
})

/** Reads as `read` does, and receives this much. */
const sized =
  (read: typeof task.read, bytes: number): typeof task.read =>
  (context) => {
    context.size.addPage({ rows: 1, bytes })
    return read(context)
  }

const read = (maxStaleness?: number) =>
  readings.read(task, { signal: new AbortController().signal, deadline: clock.elapsed() + minute, maxStaleness })

describe('the list that a reading was made of', () => {
  it('is empty, so that nothing keeps its rows', async () => {
    const list = completeRows(['a', 'b'])
    readings = new ReadingCache(upstream, () => 1)
    task = { ...task, read: async () => list, toValue: ({ rows }) => ({ version: rows.join() }) }
    expect(await read()).toMatchObject({ value: { version: 'a,b' } })
    expect(list.rows).toEqual([])
  })
})

describe('maxStaleness', () => {
  it('causes a refresh in the background that does not return the same shared reading again', async () => {
    await read()
    clock.advance(30 * minute)
    expect(await read(60 * minute)).toMatchObject({ value: { version: 1 } })
    await quiet()
    expect(accepted).toEqual([minute, minute])
    expect(await read(60 * minute)).toMatchObject({ value: { version: 2 } })
  })

  it('accepts a young reading of another replica when it forces a reading', async () => {
    await read()
    clock.advance(15_000)
    await read(0)
    expect(accepted).toEqual([minute, 10_000])
  })

  it('causes another reading when the pending one began too long ago', async () => {
    let open: () => void = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const first = read()
    await quiet()
    clock.advance(50_000)
    const forced = read(0)
    await quiet()
    open()
    expect(await first).toMatchObject({ value: { version: 1 } })
    expect(await forced).toMatchObject({ value: { version: 2 }, asOf: clock.now(), stale: false })
  })
})

describe('a reading with more rows than the cache may hold', () => {
  it('is cached', async () => {
    readings = new ReadingCache(upstream, () => 100, 50)
    await read()
    expect(await read()).toMatchObject({ value: { version: 1 } })
    expect(made).toBe(1)
  })
})

describe('a reading whose few rows have long texts', () => {
  it('takes the room of the bytes that were received', async () => {
    readings = new ReadingCache(upstream, () => 1, 50)
    const first = { ...task, read: sized(task.read, 60_000) }
    for (const key of ['a', 'b'])
      await readings.read(
        { ...first, key },
        { signal: new AbortController().signal, deadline: clock.elapsed() + minute },
      )
    expect(readings.known.last('a')).toBeNull()
    expect(readings.known.last('b')).toEqual({ version: 2 })
  })
})

describe('a reading of another replica', () => {
  const down = new UpstreamError('UPSTREAM_UNAVAILABLE', 'down')
  const rowsOf = (startedAt: number) => ({
    rows: completeRows([99]),
    asOf: toWallTime(clock, startedAt),
    startedAt,
    readAt: startedAt,
    bytes: 0,
  })

  it('that began after the last failure is not stale', async () => {
    failing = down
    await read().catch(() => {})
    clock.advance(10_000)
    theirs = rowsOf(clock.elapsed())
    expect(await read()).toMatchObject({ value: { version: 99 }, stale: false, error: null })
  })

  it('that began before the last failure is stale', async () => {
    const before = clock.elapsed()
    clock.advance(10_000)
    failing = down
    await read().catch(() => {})
    theirs = rowsOf(before)
    expect(await read()).toMatchObject({ value: { version: 99 }, stale: true, error: { code: 'UPSTREAM_UNAVAILABLE' } })
  })
})
