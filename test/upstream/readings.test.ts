import { beforeEach, describe, expect, it } from '@jest/globals'
import { type Reading, Readings } from '../../src/upstream/readings.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'
import { failureOf } from './caller.ts'

interface List {
  readonly version: number
}

let clock: ManualClock
let made: number

beforeEach(() => {
  clock = createManualClock()
  made = 0
})

const make = async (): Promise<List> => ({ version: ++made })
const createReadings = (ttl = 60_000, timeout = 10_000) => new Readings<List>(clock, { ttl, timeout })

/** A reading that ends when the test says so. */
function held() {
  let finish: (value: List) => void = () => {}
  let fail: (reason: Error) => void = () => {}
  let signal: AbortSignal | undefined
  const promise = new Promise<List>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  return {
    make: (given: AbortSignal) => {
      signal = given
      return promise
    },
    finish,
    fail,
    aborted: () => signal?.aborted,
  }
}

describe('a reading', () => {
  it('serves until its ttl is over, to the millisecond, and is then made again', async () => {
    const readings = createReadings()
    const asOf = clock.now()
    expect(await readings.read('a', make)).toEqual({ value: { version: 1 }, asOf, stale: false })
    clock.advance(59_999)
    expect(await readings.read('a', make)).toEqual({ value: { version: 1 }, asOf, stale: false })
    clock.advance(1)
    expect(await readings.read('a', make)).toEqual({ value: { version: 2 }, asOf: asOf + 60_000, stale: false })
  })

  it('is kept under its own key', async () => {
    const readings = createReadings()
    await readings.read('a', make)
    expect((await readings.read('b', make)).value).toEqual({ version: 2 })
    expect((await readings.read('a', make)).value).toEqual({ version: 1 })
  })

  it('is as old as its beginning, however long it took, and serves from its end on', async () => {
    const readings = createReadings(5_000)
    const asOf = clock.now()
    const slow = held()
    const reading = readings.read('a', slow.make)
    clock.advance(4_000)
    slow.finish({ version: 7 })
    expect(await reading).toMatchObject({ asOf })
    clock.advance(4_999)
    expect(await readings.read('a', make)).toMatchObject({ value: { version: 7 }, asOf })
    clock.advance(1)
    expect(await readings.read('a', make)).toMatchObject({ value: { version: 1 } })
  })

  it('is made once for all who ask while it is being made, even when it does not serve afterwards', async () => {
    const readings = createReadings(0)
    const slow = held()
    const first = readings.read('a', slow.make)
    const others = [readings.read('a', make), readings.read('a', make)]
    slow.finish({ version: 7 })
    expect(await Promise.all([first, ...others])).toEqual(
      Array(3).fill(expect.objectContaining({ value: { version: 7 } })),
    )
    expect(made).toBe(0)
    expect((await readings.read('a', make)).value).toEqual({ version: 1 })
    expect((await readings.read('a', make)).value).toEqual({ version: 2 })
  })

  it('that fails fails for all who wait, is not kept, and leaves the way free for a good one', async () => {
    const readings = createReadings()
    const slow = held()
    const failures = [failureOf(readings.read('a', slow.make)), failureOf(readings.read('a', make))]
    const reason = new Error('no')
    slow.fail(reason)
    expect(await Promise.all(failures)).toEqual([reason, reason])
    expect((await readings.read('a', make)).value).toEqual({ version: 1 })
    expect(clock.sleepers).toBe(0)
  })

  it('that fails at once does so through its promise', async () => {
    const readings = createReadings()
    const reason = new Error('no')
    const failing = readings.read('a', () => {
      throw reason
    })
    expect(await failureOf(failing)).toBe(reason)
    expect((await readings.read('a', make)).value).toEqual({ version: 1 })
    expect(clock.sleepers).toBe(0)
  })

  it('is given up when its own time is over: what it waits for is aborted, and the next one is made', async () => {
    const readings = createReadings()
    const slow = held()
    const failure = failureOf(readings.read('a', slow.make))
    clock.advance(9_999)
    expect(slow.aborted()).toBe(false)
    clock.advance(1)
    expect(await failure).toMatchObject({ code: 'UPSTREAM_TIMEOUT', message: 'not read to the end within 10000 ms' })
    expect(slow.aborted()).toBe(true)
    expect((await readings.read('a', make)).value).toEqual({ version: 1 })
    slow.finish({ version: 7 })
    expect((await readings.read('a', make)).value).toEqual({ version: 1 })
  })

  it('does not outlive a clock that is set back', async () => {
    const readings = createReadings()
    const day = 86_400_000
    clock.advance(day)
    await readings.read('a', make)
    clock.advance(-day)
    expect((await readings.read('a', make)).value).toEqual({ version: 2 })
    clock.advance(59_999)
    expect((await readings.read('a', make)).value).toEqual({ version: 2 })
  })

  it('leaves nobody asleep', async () => {
    const readings: Readings<List> = createReadings()
    const all: Promise<Reading<List>>[] = ['a', 'b', 'c'].map((key) => readings.read(key, make))
    expect(clock.sleepers).toBe(3)
    await Promise.all(all)
    expect(clock.sleepers).toBe(0)
  })
})
