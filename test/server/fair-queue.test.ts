import { setImmediate as iteration } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Caller } from '../../src/operation.ts'
import { FairQueue } from '../../src/server/fair-queue.ts'
import { visitInSlices } from '../../src/time-slice.ts'

const slice = 10

const callerOf = (name: string, isIdentified = true): Caller => ({
  name,
  permissions: new Set(),
  places: null,
  isIdentified,
})

describe('the fair queue', () => {
  let now: number
  let queue: FairQueue
  /** The names of those whose work ran, one for each millisecond of work. */
  let log: string[]
  let aborted: AbortController

  beforeEach(() => {
    now = 0
    log = []
    queue = new FairQueue({ elapsed: () => now })
    aborted = new AbortController()
  })

  const open = (name: string) => queue.open(callerOf(name), aborted.signal)

  /** Works for some milliseconds, and looks at the time after each. */
  async function work(name: string, milliseconds: number, timeSlice = open(name)): Promise<void> {
    await timeSlice.begin()
    for (let done = 0; done < milliseconds; done += 1) {
      if (timeSlice.isOver()) await timeSlice.next()
      now += 1
      log.push(name)
    }
  }

  /** The log with the length of each run: `a×10 b×3`. */
  function runs(): string {
    const found: { name: string; count: number }[] = []
    for (const name of log) {
      const last = found.at(-1)
      if (last?.name === name) last.count += 1
      else found.push({ name, count: 1 })
    }
    return found.map(({ name, count }) => `${name}×${count}`).join(' ')
  }

  it('lets work below a slice run without waiting', async () => {
    const done = work('a', slice - 1)
    await Promise.resolve()
    await Promise.resolve()
    expect(log).toHaveLength(slice - 1)
    await done
  })

  it('ends an iteration of the event loop after a slice, also when no one else waits', async () => {
    const done = work('a', 3 * slice)
    const lengths = [0]
    while (log.length < 3 * slice) {
      await iteration()
      lengths.push(log.length)
    }
    await done
    const grown = lengths.slice(1).map((length, index) => length - (lengths[index] ?? 0))
    // The first iteration may follow the slice that ran before it.
    expect(grown[0]).toBeLessThanOrEqual(2 * slice)
    for (const length of grown.slice(1)) expect(length).toBeLessThanOrEqual(slice)
  })

  it('gives each piece of work that begins a slice of its own', async () => {
    const pieces = Promise.all(['a', 'b', 'c'].map((name) => work(name, slice)))
    await Promise.resolve()
    await Promise.resolve()
    expect(runs()).toBe('a×10')
    await pieces
    expect(runs()).toBe('a×10 b×10 c×10')
  })

  it('gives callers the same time, however many operations each has', async () => {
    const hostile = Array.from({ length: 20 }, () => work('hostile', 50))
    const other = work('other', 50)
    await other
    // The other caller waits for one slice of the hostile one before each of its own.
    expect(log.filter((name) => name === 'hostile').length).toBeLessThanOrEqual(50 + slice)
    await Promise.all(hostile)
  })

  it('serves a caller who begins before one who has used time', async () => {
    const hostile = work('hostile', 10 * slice)
    while (log.length < 3 * slice) await iteration()
    await work('other', 2)
    const since = log.slice(0, log.lastIndexOf('other')).lastIndexOf('hostile')
    expect(log.slice(since + 1, since + 3)).toEqual(['other', 'other'])
    expect(log.indexOf('other')).toBeLessThanOrEqual(5 * slice)
    await hostile
  })

  it('gives no credit for idle time', async () => {
    await work('a', 10 * slice)
    const both = Promise.all([work('a', 5 * slice), work('late', 5 * slice)])
    await both
    const late = log.slice(10 * slice)
    // Both have slices from the start: the late caller does not catch up first.
    expect(late.slice(0, 4 * slice).filter((name) => name === 'a').length).toBe(2 * slice)
  })

  it('tells apart a key and an address of the same name', async () => {
    const key = queue.open(callerOf('x', true), aborted.signal)
    const address = queue.open(callerOf('x', false), aborted.signal)
    await work('key', 2 * slice, key)
    const both = Promise.all([work('key', 4 * slice, key), work('address', 4 * slice, address)])
    await both
    expect(log.filter((name) => name === 'address')).toHaveLength(4 * slice)
    expect(runs().split(' ').length).toBeGreaterThan(4)
  })

  it('gives an operation that has ended no further slice', async () => {
    const done = work('a', 10 * slice)
    while (log.length < 2 * slice) await iteration()
    aborted.abort(new DOMException('gone', 'AbortError'))
    await expect(done).rejects.toMatchObject({ name: 'AbortError' })
    const { length } = log
    for (let count = 0; count < 5; count += 1) await iteration()
    expect(log).toHaveLength(length)
    await expect(open('a').next()).rejects.toMatchObject({ name: 'AbortError' })
  })

  describe('an operation whose deadline has passed', () => {
    /** Slices in all, of an operation that has not used them before its deadline. */
    const maxSlices = 500
    const minLateSlices = 100
    const pass = () => aborted.abort(new DOMException('late', 'TimeoutError'))

    it('begins with what it has read, and works on, for a limited number of slices', async () => {
      pass()
      const late = work('late', (maxSlices + 10) * slice)
      await expect(Promise.all([late, work('a', slice)])).rejects.toMatchObject({ name: 'TimeoutError' })
      const done = log.filter((name) => name === 'late').length
      // The slice that it was in when it began comes on top.
      expect(done).toBeGreaterThanOrEqual(maxSlices * slice)
      expect(done).toBeLessThanOrEqual((maxSlices + 1) * slice)
    })

    it('has few slices left when it has worked for a long time before', async () => {
      const late = work('late', 2 * maxSlices * slice)
      while (log.length < (maxSlices + 10) * slice) await iteration()
      const before = log.length
      pass()
      await expect(late).rejects.toMatchObject({ name: 'TimeoutError' })
      expect(log.length - before).toBeGreaterThanOrEqual((minLateSlices - 1) * slice)
      expect(log.length - before).toBeLessThanOrEqual((minLateSlices + 1) * slice)
    })

    it('continues when it waits at that moment', async () => {
      const done = work('late', 3 * slice)
      while (log.length < slice) await iteration()
      pass()
      await done
      expect(log).toHaveLength(3 * slice)
    })

    it('has this number of slices in all, however many of its fields wait for one', async () => {
      const timeSlice = open('late')
      const fields = Array.from({ length: 4 }, () => work('late', maxSlices * slice, timeSlice))
      const ends = Promise.allSettled(fields)
      pass()
      for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } })
      expect(log.length).toBeLessThanOrEqual((maxSlices + 1) * slice)
      await expect(timeSlice.next()).rejects.toMatchObject({ name: 'TimeoutError' })
    })

    it('takes turns with other callers', async () => {
      pass()
      await Promise.all([
        work('late', 5 * slice),
        work('a', 5 * slice, queue.open(callerOf('a'), new AbortController().signal)),
      ])
      expect(runs().split(' ').length).toBeGreaterThan(5)
    })
  })

  it('gives an operation whose client has left no slice to begin', async () => {
    const gone = AbortSignal.abort(new DOMException('gone', 'AbortError'))
    await Promise.all([
      work('a', slice),
      expect(queue.open(callerOf('gone'), gone).begin()).rejects.toMatchObject({ name: 'AbortError' }),
    ])
  })

  it('continues with others when an operation ends while it waits', async () => {
    const other = new AbortController()
    const waiting = Promise.all([work('a', slice), work('b', slice, queue.open(callerOf('b'), other.signal))])
    other.abort(new DOMException('gone', 'AbortError'))
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    await work('c', slice)
    expect(log).not.toContain('b')
    expect(log).toContain('c')
  })

  /** An operation of one millisecond. */
  async function workShortly(name: string): Promise<void> {
    const timeSlice = open('a')
    if (timeSlice.isOver()) await timeSlice.next()
    now += 1
    log.push(name)
  }

  it('starts short operations that wait together, as many as a slice has time for', async () => {
    await work('a', slice)
    const waiting = Array.from({ length: 15 }, (_, index) => workShortly(`short ${index}`))
    log = []
    await iteration()
    expect(log).toEqual(Array.from({ length: slice }, (_, index) => `short ${index}`))
    await Promise.all(waiting)
  })

  it('serves operations in the order of their arrival when more arrive than a slice has time for', async () => {
    const perIteration = slice + 2
    const all: Promise<void>[] = []
    for (let round = 0; round < 20; round += 1) {
      for (let index = 0; index < perIteration; index += 1) all.push(workShortly(`${all.length}`))
      await iteration()
    }
    await Promise.all(all)
    const late = log.map((name, served) => served - Number(name))
    expect(Math.max(...late)).toBeLessThanOrEqual(slice)
  })

  it('interrupts a scan for other work', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => index)
    let visited = 0
    let finished = 0
    const scan = visitInSlices(rows, open('a'), () => {
      visited += 1
      now += 1
    })
    const small = work('b', 1).then(() => {
      finished = visited
    })
    await Promise.all([scan, small])
    expect(visited).toBe(1_000)
    expect(finished).toBeLessThan(200)
  })
})
