import { setImmediate as pass } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../../src/state/memory-state-store.ts'
import type { StateKey } from '../../../src/state/state-store.ts'
import { completeRows, type SharedReading } from '../../../src/upstream/cache/reading.ts'
import { removeOldEntries } from '../../../src/upstream/state/old-entries.ts'
import { StateReadingCache } from '../../../src/upstream/state/reading-cache.ts'
import { KeptState } from '../../support/kept-state.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/until.ts'

const hour = 3_600_000
const identity = { parts: ['EXAMPLE', 'a-credential'], secret: 'hush-hush' }

let clock: ManualClock
let state: KeptState

beforeEach(() => {
  clock = createManualClock()
  state = new KeptState()
})

const request = (further: object = {}) => ({
  identity,
  fields: ['id', 'name', 'details'],
  maxAge: hour,
  startedAfter: () => 0,
  ...further,
})

/** A reading that ends now. */
const readingOf = (rows: readonly unknown[], startedAgo = 20): SharedReading => {
  const readAt = clock.elapsed()
  const [startedAt, asOf] = [readAt - startedAgo, clock.now() - startedAgo]
  return { rows: completeRows([...rows]), asOf, startedAt, readAt, bytes: 1_000 }
}

/** Keeps a reading as one process, which ends then. */
async function keep(reading: SharedReading, further: object = {}): Promise<void> {
  const cache = new StateReadingCache(clock, state)
  cache.keep(request(further), reading)
  await cache.close()
}

const get = () => new StateReadingCache(clock, state).get(identity)
const keysOf = (kind: string): readonly StateKey[] => [...state.range([kind])].map(([key]) => key)

describe('A reading in the state', () => {
  it('comes back with its times, its rows and only their shared fields', async () => {
    const row = { id: 2n ** 63n - 1n, name: null, details: { id: 'd', content: 'pem' }, content: 'pem' }
    const reading = { ...readingOf([row]), rows: { rows: [row], missing: 2 } }
    await keep(reading, { change: 'a change' })
    clock.advance(5_000)
    expect(await get()).toEqual({
      rows: { rows: [{ id: 2n ** 63n - 1n, name: null, details: { id: 'd' } }], missing: 2 },
      asOf: reading.asOf,
      startedAt: reading.startedAt,
      readAt: reading.readAt,
      bytes: 1_000,
      change: 'a change',
    })
  })

  it('is kept soon, without the end of the process', async () => {
    const cache = new StateReadingCache(clock, state)
    cache.keep(request(), readingOf([{ id: 'a' }]))
    // It is served first.
    await pass()
    expect(keysOf('reading')).toHaveLength(0)
    await until(() => keysOf('reading').length > 0)
    expect((await get())?.rows.rows).toEqual([{ id: 'a' }])
  })

  it('has the rows of a list that is emptied before they are written', async () => {
    const cache = new StateReadingCache(clock, state)
    const reading = readingOf([{ id: 'a' }])
    cache.keep(request(), reading)
    reading.rows.rows.length = 0
    await cache.close()
    expect((await get())?.rows.rows).toEqual([{ id: 'a' }])
  })

  it('is not found under another credential, account or secret', async () => {
    await keep(readingOf([{ id: 'a' }]))
    const cache = new StateReadingCache(clock, state)
    expect(await cache.get({ ...identity, parts: ['EXAMPLE', 'another'] })).toBeNull()
    expect(await cache.get({ ...identity, secret: 'another' })).toBeNull()
    const keys = JSON.stringify([...state.range([])])
    expect(keys).not.toMatch(/a-credential|hush-hush|EXAMPLE/)
  })

  it('has no negative age when the clock was set back a little', async () => {
    await keep(readingOf([{ id: 'a' }]))
    clock.adjustWallClock(-3_000)
    const reading = await get()
    expect(reading).toMatchObject({ asOf: clock.now(), startedAt: clock.elapsed(), readAt: clock.elapsed() })
  })

  it('is not used when it is from the future, and is replaced', async () => {
    await keep(readingOf([{ id: 'old' }]))
    clock.adjustWallClock(-hour)
    expect(await get()).toBeNull()
    await keep(readingOf([{ id: 'new' }]))
    expect((await get())?.rows.rows).toEqual([{ id: 'new' }])
  })

  it('is not replaced by an older one of another process', async () => {
    const older = readingOf([{ id: 'older' }])
    clock.advance(1_000)
    await keep(readingOf([{ id: 'newer' }]))
    await keep(older)
    expect((await get())?.rows.rows).toEqual([{ id: 'newer' }])
    expect(keysOf('reading rows')).toHaveLength(1)
  })

  it('does not have its rows written again when they are the same', async () => {
    await keep(readingOf([{ id: 'a' }]))
    const [before] = keysOf('reading rows')
    clock.advance(60_000)
    await keep(readingOf([{ id: 'a' }]))
    expect(keysOf('reading rows')).toEqual([before])
    expect(await get()).toMatchObject({ readAt: clock.elapsed() })
    await keep(readingOf([{ id: 'b' }]))
    expect(keysOf('reading rows')).toHaveLength(1)
    expect(keysOf('reading rows')).not.toEqual([before])
  })

  it('is not used when a part of its rows is missing, and is written again', async () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => ({ id: `row ${index}`, name: 'x'.repeat(40) }))
    await keep(readingOf(rows))
    const [, , last = []] = keysOf('reading rows')
    await state.transaction((writer) => writer.remove(keysOf('reading rows').at(-1) ?? last))
    expect(await get()).toBeNull()
    await keep(readingOf(rows))
    expect((await get())?.rows.rows).toEqual(rows)
  })

  it.each([
    ['kept', (rows: readonly object[]) => keep(readingOf(rows))],
    ['read', () => get()],
  ])('is %s in slices', async (_what, work) => {
    const rows = Array.from({ length: 100_000 }, (_, index) => ({ id: `row ${index}`, name: 'x'.repeat(200) }))
    await keep(readingOf(rows))
    await keep(readingOf([{ id: 'a' }]), { identity: { ...identity, parts: ['another'] } })
    let isDone = false
    const done = work(rows.toReversed()).then(() => {
      isDone = true
    })
    let passes = 0
    for (; !isDone; passes += 1) await pass()
    await done
    // A slice takes five milliseconds, and the whole work a multiple of it.
    expect(passes).toBeGreaterThan(4)
  })
})

describe('Old entries', () => {
  it('are removed: readings, and rows whose process was killed before they had a reading', async () => {
    await keep(readingOf([{ id: 'a' }]))
    const writing = clock.now().toString(36)
    await state.transaction((writer) => {
      writer.put(['reading rows', `${writing}.killed`, 0], '[]')
      writer.put(['reading rows', `${writing}.killed`, 1], '[]')
    })
    await removeOldEntries(state, clock.now())
    expect(keysOf('reading rows')).toHaveLength(3)
    clock.advance(hour - 1)
    await removeOldEntries(state, clock.now())
    expect(keysOf('reading')).toHaveLength(1)
    clock.advance(1)
    await keep(readingOf([{ id: 'b' }]), { identity: { ...identity, parts: ['another'] } })
    await removeOldEntries(state, clock.now())
    expect(keysOf('reading')).toHaveLength(1)
    expect(keysOf('reading rows')).toHaveLength(1)
    expect(await get()).toBeNull()
  })
})

describe('A state that is in memory', () => {
  it('gives the readings that it has, and keeps no other', async () => {
    await keep(readingOf([{ id: 'a' }]))
    state.isKept = false
    const cache = new StateReadingCache(clock, state)
    expect((await cache.get(identity))?.rows.rows).toEqual([{ id: 'a' }])
    clock.advance(1_000)
    cache.keep(request(), readingOf([{ id: 'b' }]))
    await cache.close()
    expect((await get())?.rows.rows).toEqual([{ id: 'a' }])
  })
})

describe('A state with little room', () => {
  it('keeps readings in half of it', async () => {
    const small = new SmallState({ maxBytes: 1_000_000 })
    const cache = new StateReadingCache(clock, small)
    const place = (name: string) => ({ ...identity, parts: [name] })
    const rowsOf = (length: number) =>
      Array.from({ length }, (_, index) => ({ id: `row ${index}`, name: 'x'.repeat(83) }))
    cache.keep(request({ identity: place('first') }), readingOf(rowsOf(3_000)))
    cache.keep(request({ identity: place('second') }), readingOf(rowsOf(3_000)))
    cache.keep(request({ identity: place('third') }), readingOf(rowsOf(500)))
    await cache.close()
    const restarted = new StateReadingCache(clock, small)
    expect((await restarted.get(place('first')))?.rows.rows).toHaveLength(3_000)
    expect(await restarted.get(place('second'))).toBeNull()
    expect((await restarted.get(place('third')))?.rows.rows).toHaveLength(500)
    expect([...small.range(['reading rows'])].reduce((sum, [, text]) => sum + text.length, 0)).toBeLessThan(500_000)
    // A reading in place of another one has the room of both.
    clock.advance(1_000)
    restarted.keep(request({ identity: place('first') }), readingOf(rowsOf(3_500)))
    await restarted.close()
    expect((await new StateReadingCache(clock, small).get(place('first')))?.rows.rows).toHaveLength(3_500)
  })

  it('counts the bytes of texts that are not ASCII', async () => {
    const small = new SmallState({ maxBytes: 1_000_000 })
    const cache = new StateReadingCache(clock, small)
    cache.keep(request(), readingOf(Array.from({ length: 3_000 }, () => ({ id: 'row', name: '漢'.repeat(70) }))))
    await cache.close()
    expect([...small.range([])]).toEqual([])
  })

  it('drops the oldest readings when its limit was lowered', async () => {
    const place = (name: string) => ({ ...identity, parts: [name] })
    const rows = Array.from({ length: 1_000 }, (_, index) => ({ id: `row ${index}`, name: 'x'.repeat(83) }))
    const small = new SmallState({ maxBytes: 1_000_000 })
    for (const name of ['first', 'second', 'third']) {
      const cache = new StateReadingCache(clock, small)
      cache.keep(request({ identity: place(name) }), readingOf(rows))
      await cache.close()
      clock.advance(1_000)
    }
    const lowered = new SmallState({ maxBytes: 500_000 })
    await lowered.transaction((writer) => {
      for (const [key, text] of small.range([])) writer.put(key, text)
    })
    const cache = new StateReadingCache(clock, lowered)
    cache.keep(request({ identity: place('small') }), readingOf([{ id: 'row' }]))
    await cache.close()
    const kept = await Promise.all(
      ['first', 'second', 'third', 'small'].map(async (name) => (await cache.get(place(name))) !== null),
    )
    expect(kept).toEqual([false, true, true, true])
  })
})

class SmallState extends MemoryStateStore {
  override readonly isKept = true
}
