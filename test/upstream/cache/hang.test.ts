import { beforeEach, describe, expect, it } from '@jest/globals'
import { AnswerBasis } from '../../../src/answer-basis.ts'
import { completeRows, type ReadingTask, type Rows } from '../../../src/upstream/cache/reading.ts'
import { ReadingCache } from '../../../src/upstream/cache/reading-cache.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'

interface List {
  readonly version: unknown
}

const ttl = 60_000
const deadline = 5_000
let clock: ManualClock
let readings: ReadingCache<List>
let pipeline: ResiliencePipeline
/** How each place is read. */
let how: Record<string, ReadingTask<List>['read']>

const succeed = async () => completeRows([1])
const hang = () => new Promise<Rows>(() => {})

function createPipeline(): ResiliencePipeline {
  const upstream = { ...idleUpstream, clock }
  const identity = { parts: ['EXAMPLE'], secret: 'hush-hush' }
  return new ResiliencePipeline(
    upstream,
    { provider: 'EXAMPLE', brand: 'Example' },
    createRateLimiter(upstream, identity),
  )
}

beforeEach(async () => {
  const settings = {
    ...idleUpstream.settings,
    readingTimeout: 20_000,
    staleWhileRevalidate: 0,
    staleIfError: 3_600_000,
  }
  clock = createManualClock()
  pipeline = createPipeline()
  readings = new ReadingCache<List>({ ...idleUpstream, clock, settings }, () => 1, 100)
  how = { a: succeed, b: succeed, c: succeed }
  for (const key of Object.keys(how)) await read(key)
  clock.advance(ttl)
})

function taskOf(key: string, runner = pipeline): ReadingTask<List> {
  const toValue = ({ rows: [version] }: Rows) => ({ version })
  return { key, pipeline: runner, ttl, shared: null, read: (context) => (how[key] ?? succeed)(context), toValue }
}

function read(key: string, { basis, runner }: { basis?: AnswerBasis; runner?: ResiliencePipeline } = {}) {
  const signal = new AbortController().signal
  return readings.read(taskOf(key, runner), { signal, deadline: clock.elapsed() + deadline, basis })
}

/** Reads for an operation that ends at its deadline. */
async function readUntilLate(key: string) {
  const late = new AbortController()
  const reading = readings.read(taskOf(key), { signal: late.signal, deadline: clock.elapsed() + deadline })
  await settle()
  clock.advance(deadline)
  late.abort(new DOMException('late', 'TimeoutError'))
  return reading
}

/** Lets what has been settled arrive. */
const settle = () => new Promise((resolve) => setImmediate(resolve))
const atOnce = <Value>(promise: Promise<Value>) => Promise.race([promise, settle().then(() => 'still waits' as const)])

const stale = { stale: true, value: { version: 1 }, error: { code: 'UPSTREAM_TIMEOUT' } }

describe('while the vendor hangs', () => {
  beforeEach(() => {
    how = { a: hang, b: hang, c: hang }
  })

  it('operations with an older reading do not wait for other places of the account either', async () => {
    expect(await readUntilLate('a')).toMatchObject(stale)
    expect(await atOnce(read('b'))).toMatchObject(stale)
  })

  it('they wait for the places of another account', async () => {
    await readUntilLate('a')
    expect(await atOnce(read('b', { runner: createPipeline() }))).toBe('still waits')
  })

  it('they do not wait for the attempt after one that took too long', async () => {
    await readUntilLate('a')
    clock.advance(20_000)
    await settle()
    clock.advance(5_000)
    expect(await atOnce(read('a'))).toMatchObject(stale)
  })

  it.each<[string, ReadingTask<List>['read']]>([
    ['succeeds', succeed],
    [
      'is refused',
      async () => {
        throw new UpstreamError('UPSTREAM_FORBIDDEN', 'refused', { httpStatus: 403 })
      },
    ],
  ])('they wait again as soon as a reading %s, and answers made before are not given again', async (_what, end) => {
    await readUntilLate('a')
    const basis = new AnswerBasis(clock.elapsed(), deadline)
    await read('b', { basis })
    expect(basis.isShareable && basis.isCurrentAt(clock.elapsed())).toBe(true)
    how['c'] = end
    await read('c')
    await settle()
    expect(basis.isCurrentAt(clock.elapsed())).toBe(false)
    how['c'] = hang
    clock.advance(ttl + 10_000)
    expect(await atOnce(read('c'))).toBe('still waits')
  })
})

describe('while one place is slow', () => {
  it('operations wait for the other places of its account', async () => {
    how['a'] = hang
    const late = readUntilLate('a')
    await read('b')
    await late
    clock.advance(ttl)
    how['b'] = hang
    expect(await atOnce(read('b'))).toBe('still waits')
  })
})
