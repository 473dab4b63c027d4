import { beforeEach, describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../../src/state/memory-state-store.ts'
import type { ReadingTask } from '../../../src/upstream/cache/reading.ts'
import { completeRows, type Rows } from '../../../src/upstream/cache/reading.ts'
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

let clock: ManualClock
let changes: StateChangeLog
let readings: ReadingCache<List>
let pipeline: ResiliencePipeline
let begun: { finish(version: number): void; fail(error: Error): void }[]

beforeEach(() => {
  clock = createManualClock()
  const upstream = { ...idleUpstream, clock }
  pipeline = new ResiliencePipeline(
    upstream,
    { provider: 'EXAMPLE', brand: 'Example' },
    createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
  )
  readings = new ReadingCache<List>(upstream, () => 1)
  changes = new StateChangeLog(clock, new MemoryStateStore(), { parts: ['EXAMPLE'], secret: 'hush-hush' })
  begun = []
})

function read() {
  const task: ReadingTask<List> = {
    key: 'place',
    pipeline,
    ttl: 60_000,
    shared: null,
    changes,
    read: () =>
      new Promise<Rows>((resolve, reject) => {
        begun.push({ finish: (version) => resolve(completeRows([version])), fail: reject })
      }),
    toValue: ({ rows: [version] }) => ({ version }),
  }
  return readings.read(task, { signal: new AbortController().signal, deadline: clock.elapsed() + 25_000 })
}

async function readToTheEnd(version: number) {
  const reading = read()
  const before = begun.length
  await until(() => begun.length > before)
  begun.at(-1)?.finish(version)
  return reading
}

const shows = (version: number) => ({ value: { version }, stale: false, error: null })

describe('a reading', () => {
  it('that was made before a change is not served, and one that was made after it is', async () => {
    expect(await readToTheEnd(1)).toMatchObject(shows(1))
    expect(await read()).toMatchObject(shows(1))
    await changes.record()
    expect(await readToTheEnd(2)).toMatchObject(shows(2))
    expect(await read()).toMatchObject(shows(2))
    expect(begun).toHaveLength(2)
  })

  it('that began before a change is returned to the operations that began before it, and is not cached', async () => {
    const earlier = read()
    await until(() => begun.length === 1)
    await changes.record()
    const later = read()
    await until(() => begun.length === 2)
    begun[1]?.finish(2)
    expect(await later).toMatchObject(shows(2))
    begun[0]?.finish(1)
    expect(await earlier).toMatchObject(shows(1))
    expect(await read()).toMatchObject(shows(2))
    expect(begun).toHaveLength(2)
  })

  it('that ends after a change does not replace the reading after the change', async () => {
    const earlier = read()
    await until(() => begun.length === 1)
    await changes.record()
    begun[0]?.finish(1)
    expect(await earlier).toMatchObject(shows(1))
    expect(await readToTheEnd(2)).toMatchObject(shows(2))
  })

  it('that failed before a change is made again without backoff', async () => {
    await readToTheEnd(1)
    clock.advance(1_000_000)
    const failing = read()
    await until(() => begun.length === 2)
    begun[1]?.fail(new UpstreamError('UPSTREAM_FORBIDDEN', 'no'))
    expect(await failing).toMatchObject({ value: { version: 1 }, stale: true })
    await changes.record()
    expect(await readToTheEnd(2)).toMatchObject(shows(2))
  })

  it('from before a change is served as stale when the vendor fails', async () => {
    await readToTheEnd(1)
    await changes.record()
    const later = read()
    await until(() => begun.length === 2)
    const error = new UpstreamError('UPSTREAM_FORBIDDEN', 'no')
    begun[1]?.fail(error)
    expect(await later).toMatchObject({ value: { version: 1 }, stale: true, error })
    expect(await read()).toMatchObject({ value: { version: 1 }, stale: true, error })
    clock.advance(5_000)
    expect(await readToTheEnd(2)).toMatchObject(shows(2))
  })
})
