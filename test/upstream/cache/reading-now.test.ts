import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Reading, ReadingTask } from '../../../src/upstream/cache/reading.ts'
import { completeRows, type Rows } from '../../../src/upstream/cache/reading.ts'
import { ReadingCache } from '../../../src/upstream/cache/reading-cache.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/until.ts'
import { failureOf } from '../../support/vendor-call.ts'

interface List {
  readonly version: unknown
}

let clock: ManualClock
let pipeline: ResiliencePipeline
let readings: ReadingCache<List>
let made: number
let shared: number

beforeEach(() => {
  made = 0
  shared = 0
  clock = createManualClock()
  const { replicas } = idleUpstream
  const upstream = {
    ...idleUpstream,
    clock,
    replicas: {
      ...replicas,
      readings: {
        get: async () => null,
        async getOrMake(...[, options, makeOne]: Parameters<typeof replicas.readings.getOrMake>) {
          shared += 1
          return makeOne(options)
        },
      },
    },
  }
  const api = { provider: 'EXAMPLE', brand: 'Example' }
  pipeline = new ResiliencePipeline(
    upstream,
    api,
    createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
  )
  readings = new ReadingCache<List>(upstream, () => 1)
})

const make = async (): Promise<Rows> => completeRows([++made])

const taskOf = (read: ReadingTask<List>['read']): ReadingTask<List> => ({
  key: 'place',
  pipeline,
  ttl: 60_000,
  shared: { identity: { parts: ['place'], secret: 'hush-hush' }, fields: [] },
  read,
  toValue: ({ rows: [version] }) => ({ version }),
})
const options = (signal = new AbortController().signal) => ({ signal, deadline: clock.elapsed() + 25_000 })
const read = (how = make): Promise<Reading<List>> => readings.read(taskOf(how), options())
const readNow = (how = make): Promise<Reading<List>> => readings.readNow(taskOf(how), options())
const failing = async () => {
  throw new UpstreamError('UPSTREAM_UNAVAILABLE', 'down')
}

describe('a reading that begins now', () => {
  it('is made although another one was made at the same moment, and later reads are served from it', async () => {
    await read()
    expect(await readNow()).toMatchObject({ value: { version: 2 }, stale: false })
    expect(await readNow()).toMatchObject({ value: { version: 3 } })
    expect(await read()).toMatchObject({ value: { version: 3 } })
  })

  it('does not wait for one in progress, which is not kept when it ends later', async () => {
    let finish = () => {}
    const held = new Promise<Rows>((resolve) => {
      finish = () => resolve(completeRows(['old']))
    })
    let begun = 0
    const earlier = read(() => {
      begun += 1
      return held
    })
    await until(() => begun > 0)
    expect(await readNow()).toMatchObject({ value: { version: 1 } })
    finish()
    expect(await earlier).toMatchObject({ value: { version: 'old' } })
    expect(await read()).toMatchObject({ value: { version: 1 } })
  })

  it('is never taken from another replica', async () => {
    await read()
    expect(shared).toBe(1)
    await readNow()
    expect(shared).toBe(1)
  })

  it('fails when it cannot be made, although an earlier one is kept', async () => {
    await read()
    expect(await failureOf(readNow(failing))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
    expect(await readNow()).toMatchObject({ value: { version: 2 } })
  })

  it('is not begun for an operation that has ended', async () => {
    const ended = readings.readNow(taskOf(make), options(AbortSignal.abort(new Error('gone'))))
    expect(await failureOf(ended)).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
    expect(made).toBe(0)
  })
})
