import { beforeEach, describe, expect, it } from '@jest/globals'
import { AnswerBasis } from '../../../src/answer-basis.ts'
import { Listeners } from '../../../src/listeners.ts'
import { MemoryStateStore } from '../../../src/state/memory-state-store.ts'
import { completeRows, type ReadingTask, type Rows } from '../../../src/upstream/cache/reading.ts'
import { ReadingCache } from '../../../src/upstream/cache/reading-cache.ts'
import type { SlotEstimate } from '../../../src/upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { StateChangeLog } from '../../../src/upstream/state/change-log.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { createOperation } from '../../support/operation.ts'

interface List {
  readonly version: unknown
}

const second = 1_000
const deadline = 25 * second

let clock: ManualClock
let readings: ReadingCache<List>
let pipeline: ResiliencePipeline
let changes: StateChangeLog
let readingChanges: number
beforeEach(() => {
  const settings = {
    ...idleUpstream.settings,
    readingTimeout: 600 * second,
    staleWhileRevalidate: 20 * second,
    staleIfError: 3_600 * second,
  }
  clock = createManualClock()
  readingChanges = 0
  const onReadingChange = () => {
    readingChanges += 1
  }
  const upstream = { ...idleUpstream, clock, settings, writes: true, onReadingChange }
  const identity = { parts: ['EXAMPLE'], secret: 'hush-hush' }
  pipeline = new ResiliencePipeline(
    upstream,
    { provider: 'EXAMPLE', brand: 'Example' },
    createRateLimiter(upstream, identity),
  )
  readings = new ReadingCache<List>(upstream, () => 1, 10)
  changes = new StateChangeLog(clock, new MemoryStateStore(), identity)
})

type Make = ReadingTask<List>['read']
let made = 0
const succeed: Make = async () => completeRows([++made])
const failWith = (code: 'UPSTREAM_FORBIDDEN' | 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_CIRCUIT_OPEN'): Make => {
  return async () => {
    throw new UpstreamError(code, `it answered ${code}`)
  }
}

function taskOf(how: Make, key = 'place'): ReadingTask<List> {
  const toValue = ({ rows: [version] }: Rows) => ({ version })
  return { key, pipeline, ttl: 60 * second, shared: null, changes, read: how, toValue }
}

interface ReadingOptions {
  readonly maxStaleness?: number
  readonly key?: string
  readonly signal?: AbortSignal
  /** Milliseconds of its deadline for which the operation has waited before. */
  readonly waited?: number
}

/** Reads for an operation that begins now. Returns what its answer is made from. */
async function read(how: Make = succeed, options: ReadingOptions = {}) {
  const { key, waited = 0, ...rest } = options
  const basis = new AnswerBasis(clock.elapsed(), deadline)
  const signal = new AbortController().signal
  await readings
    .read(taskOf(how, key), { signal, deadline: clock.elapsed() + deadline - waited, basis, ...rest })
    .catch(() => {})
  return basis
}

const isCurrent = (basis: AnswerBasis) => basis.isShareable && basis.isCurrentAt(clock.elapsed())

/** A reading whose calls wait for a slot, and how it goes on. */
function waitingReading() {
  const error = () => new UpstreamError('UPSTREAM_RATE_LIMITED', 'the limit is reached')
  let finish: (rows: Rows) => void = () => {}
  let report: (slot: SlotEstimate | null) => void = () => {}
  const how: Make = ({ onQueued }) => {
    report = onQueued
    onQueued({ at: clock.elapsed() + 100 * second, error })
    return new Promise((resolve) => {
      finish = resolve
    })
  }
  return {
    how,
    waitUntil: (at: number) => report({ at, error }),
    continue: () => report(null),
    finish: () => finish(completeRows([++made])),
  }
}

/** Lets what has been settled arrive. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('an answer depends on a reading', () => {
  it('that its own operation has made, until the next one or the end of its ttl', async () => {
    const basis = await read()
    expect(isCurrent(basis)).toBe(true)
    clock.advance(60 * second - 1)
    expect(isCurrent(basis)).toBe(true)
    clock.advance(1)
    expect(isCurrent(basis)).toBe(false)
  })

  it('that is due, until it is too old to be served without waiting', async () => {
    await read()
    clock.advance(60 * second)
    const waiting = waitingReading()
    const basis = await read(waiting.how)
    await settle()
    const later = await read()
    clock.advance(20 * second - 1)
    expect(isCurrent(later)).toBe(true)
    clock.advance(1)
    expect([isCurrent(basis), isCurrent(later)]).toEqual([false, false])
  })

  it('that has failed since only with the error', async () => {
    let finish: (rows: Rows) => void = () => {}
    const how: Make = () =>
      new Promise((resolve) => {
        finish = resolve
      })
    const reading = read(how)
    await settle()
    const signal = new AbortController().signal
    const other = readings
      .readNow(taskOf(failWith('UPSTREAM_FORBIDDEN')), { signal, deadline: clock.elapsed() + deadline })
      .catch(() => {})
    finish(completeRows([++made]))
    await other
    expect(isCurrent(await reading)).toBe(false)
  })

  it('that is being refreshed in the background, until it is made', async () => {
    await read()
    clock.advance(60 * second)
    const waiting = waitingReading()
    await read(waiting.how)
    await settle()
    const basis = await read()
    expect(isCurrent(basis)).toBe(true)
    waiting.finish()
    await settle()
    expect(isCurrent(basis)).toBe(false)
  })

  it('of its key alone', async () => {
    const basis = await read()
    await read(succeed, { key: 'another place' })
    expect(isCurrent(basis)).toBe(true)
  })

  it('that was evicted, as far as its cost is concerned', async () => {
    for (let place = 0; place < 5; place += 1) await read(succeed, { key: `place ${place}` })
    const before = readingChanges
    await read(succeed, { key: 'one more' })
    expect(readingChanges).toBe(before + 2)
  })

  it('until the last change is another one', async () => {
    const basis = await read()
    expect(basis.followsLatestChanges()).toBe(true)
    await changes.record()
    expect(basis.followsLatestChanges()).toBe(false)
  })
})

describe('an answer depends on a failed reading', () => {
  it('until the next attempt may be made', async () => {
    const basis = await read(failWith('UPSTREAM_FORBIDDEN'))
    clock.advance(5 * second - 1)
    expect(isCurrent(basis)).toBe(true)
    clock.advance(1)
    expect(isCurrent(basis)).toBe(false)
  })

  it('until it fails in another way, and not when it fails in the same way', async () => {
    await read()
    clock.advance(90 * second)
    const first = await read(failWith('UPSTREAM_FORBIDDEN'))
    const other = await read(failWith('UPSTREAM_FORBIDDEN'))
    expect([isCurrent(first), isCurrent(other)]).toEqual([true, true])
    clock.advance(5 * second)
    const again = await read(failWith('UPSTREAM_FORBIDDEN'))
    expect(isCurrent(again)).toBe(true)
    clock.advance(5 * second)
    await read(failWith('UPSTREAM_UNAVAILABLE'))
    expect(isCurrent(again)).toBe(false)
  })

  it('until its reading is due, when the circuit is open', async () => {
    const signal = new AbortController().signal
    await read()
    clock.advance(30 * second)
    await readings
      .readNow(taskOf(failWith('UPSTREAM_CIRCUIT_OPEN')), { signal, deadline: clock.elapsed() + deadline })
      .catch(() => {})
    const basis = await read()
    clock.advance(30 * second - 1)
    expect(isCurrent(basis)).toBe(true)
    clock.advance(1)
    expect(isCurrent(basis)).toBe(false)
  })

  it('until it recovers', async () => {
    const signal = new AbortController().signal
    await read()
    clock.advance(90 * second)
    const basis = await read(failWith('UPSTREAM_FORBIDDEN'))
    await readings.readNow(taskOf(succeed), { signal, deadline: clock.elapsed() + deadline })
    expect(isCurrent(basis)).toBe(false)
  })
})

describe('an answer depends on a reading that waits for a slot', () => {
  it('until a new operation would wait for the slot', async () => {
    const basis = await read(waitingReading().how)
    clock.advance(75 * second - 1)
    expect(isCurrent(basis)).toBe(true)
    clock.advance(1)
    expect(isCurrent(basis)).toBe(false)
  })

  it('until a new operation would wait for the slot, when its own operation had less time', async () => {
    const basis = await read(waitingReading().how, { waited: 20 * second })
    clock.advance(75 * second - 1)
    expect(isCurrent(basis)).toBe(true)
    clock.advance(1)
    expect(isCurrent(basis)).toBe(false)
  })

  it.each(['continue', 'finish'] as const)('until it does not wait any more: %s', async (end) => {
    const waiting = waitingReading()
    const basis = await read(waiting.how)
    expect(isCurrent(basis)).toBe(true)
    waiting[end]()
    await settle()
    expect(isCurrent(basis)).toBe(false)
  })

  it('until it waits for another slot', async () => {
    const waiting = waitingReading()
    const basis = await read(waiting.how)
    waiting.waitUntil(clock.elapsed() + 50 * second)
    expect(isCurrent(basis)).toBe(false)
  })

  it('until it begins to wait, when the last attempt failed', async () => {
    await read()
    clock.advance(70 * second)
    await read(failWith('UPSTREAM_FORBIDDEN'))
    await settle()
    clock.advance(5 * second)
    const waiting = waitingReading()
    let begin: () => void = () => {}
    const how: Make = async (context) => {
      await new Promise<void>((resolve) => {
        begin = resolve
      })
      return waiting.how(context)
    }
    const basis = await read(how)
    expect(isCurrent(basis)).toBe(true)
    begin()
    await settle()
    expect(isCurrent(basis)).toBe(false)
  })
})

describe('an answer is not for others', () => {
  it('when its operation bounds the age of readings', async () => {
    expect((await read(succeed, { maxStaleness: 3_600 * second })).isShareable).toBe(false)
  })

  it('when it has made a reading that begins now', async () => {
    const basis = new AnswerBasis(clock.elapsed(), deadline)
    const signal = new AbortController().signal
    await readings.readNow(taskOf(succeed), { signal, deadline: clock.elapsed() + deadline, basis })
    expect(basis.isShareable).toBe(false)
  })

  it('when the operation has a call of its own', async () => {
    const basis = new AnswerBasis(clock.elapsed(), deadline)
    await pipeline.runForOperation(createOperation({ basis }), async () => 'PEM')
    expect(basis.isShareable).toBe(false)
  })
})

describe('an answer is only for the requests that wait for it', () => {
  it('when its operation has ended before the reading', async () => {
    const basis = await read(succeed, { signal: AbortSignal.abort() })
    expect([basis.isShareable, isCurrent(basis)]).toEqual([true, false])
  })
})

describe('what an answer was made from', () => {
  it('is forgotten when the answer is released', () => {
    const listeners = new Listeners()
    const basis = new AnswerBasis(0)
    basis.dependOn(listeners.subscribe)
    expect(listeners.size).toBe(1)
    basis.release()
    expect(listeners.size).toBe(0)
    listeners.notify()
    expect(basis.isCurrentAt(0)).toBe(true)
  })

  it('ends the answer once', () => {
    let ends = 0
    const basis = new AnswerBasis(0)
    const [one, other] = [new Listeners(), new Listeners()]
    basis.dependOn(one.subscribe)
    basis.dependOn(other.subscribe)
    basis.onEnd(() => {
      ends += 1
    })
    one.notify()
    other.notify()
    expect(ends).toBe(1)
    expect(basis.isCurrentAt(0)).toBe(false)
  })
})
