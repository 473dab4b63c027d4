import { LRUCache } from 'lru-cache'
import type { Caller } from '../operation.ts'
import type { TimeSlice } from '../time-slice.ts'
import { untilBegun } from '../until-begun.ts'
import type { Clock } from '../upstream/clock.ts'

/** Milliseconds of work in one iteration of the event loop. */
const slice = 10
/**
 * After its deadline, an operation answers with what it has read, until it has had this many slices in all. One that has used
 * them before gets a few.
 */
const maxSlices = 500
const minLateSlices = 100
const maxCallers = 10_000

/** The work of one caller. */
interface CallerWork {
  /** Milliseconds, counted from the level at which the caller began. */
  used: number
  readonly waiting: Set<Wait>
}

interface Wait {
  /** Whether no other piece of work may begin in the same iteration. */
  readonly isBeginning: boolean
  start(): void
  giveUp(reason: unknown): void
}

/** What an operation may work: until its client leaves, and for some slices after its deadline. */
class Allowance {
  readonly #signal: AbortSignal
  #slices = 0
  #lateSlices = 0
  /** The end of the last slice. */
  #last = Number.NaN

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  get isUsed(): boolean {
    const { aborted, reason } = this.#signal
    if (!aborted) return false
    return reason?.name !== 'TimeoutError' || (this.#slices >= maxSlices && this.#lateSlices >= minLateSlices)
  }

  /** Several parts of an operation may work in the slice that ends at this time. */
  take(sliceEnd: number): void {
    if (this.#last === sliceEnd) return
    this.#last = sliceEnd
    this.#slices += 1
    if (this.#signal.aborted) this.#lateSlices += 1
  }
}

/**
 * Shares the event loop among callers. Each iteration of the loop has one slice of work; further work waits, and the next slice
 * is that of the caller who has used least time. A caller who begins starts at the level of those who are served, so idle
 * time is no credit (start-time fair queueing).
 */
export class FairQueue {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #callers = new LRUCache<string, CallerWork>({ max: maxCallers })
  readonly #waiting = new Set<CallerWork>()
  /** The caller whose work runs; null between two slices. */
  #current: CallerWork | null = null
  /** Whether a piece of work has begun in this iteration. */
  #hasBegun = false
  #isEndScheduled = false
  #sliceEnd = 0
  #countedTo = 0
  /** The work of the caller who was served last. */
  #level = 0

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  /**
   * Gives an operation access to the loop: until its signal aborts (AbortError), and longer if its deadline passes
   * (TimeoutError).
   */
  open(caller: Caller, signal: AbortSignal): TimeSlice {
    const work = this.#workOf(caller)
    const allowance = new Allowance(signal)
    const pending = new Set<Wait>()
    const giveUp = () => {
      if (allowance.isUsed) this.#giveUp(work, pending, signal.reason)
    }
    let isListening = false
    const enqueue = (isBeginning: boolean) =>
      new Promise<void>((resolve, reject) => {
        if (!isListening) signal.addEventListener('abort', giveUp)
        isListening = true
        const wait: Wait = {
          isBeginning,
          start: () => {
            pending.delete(wait)
            resolve()
            allowance.take(this.#sliceEnd)
            giveUp()
          },
          giveUp: reject,
        }
        pending.add(wait)
        this.#add(work, wait)
      })
    const wait = (isBeginning: boolean) => (allowance.isUsed ? Promise.reject(signal.reason) : enqueue(isBeginning))
    return {
      begin: async () => {
        if (this.#hasBegun || !this.#mayWork(work)) await wait(true)
        this.#hasBegun = true
      },
      isOver: () => !this.#mayWork(work),
      next: () => wait(false),
    }
  }

  #workOf(caller: Caller): CallerWork {
    const key = keyOf(caller)
    const known = this.#callers.get(key)
    if (known) return known
    const work = { used: this.#level, waiting: new Set<Wait>() }
    this.#callers.set(key, work)
    return work
  }

  /** How much work a caller has had, for comparing it with that of others. */
  usedBy(caller: Caller): number {
    return Math.max(this.#level, this.#callers.get(keyOf(caller))?.used ?? 0)
  }

  /** Whether there is time left for the caller in this iteration of the event loop. */
  #mayWork(work: CallerWork): boolean {
    if (this.#current !== null && this.#clock.elapsed() >= this.#sliceEnd) return false
    if (this.#current === work) return true
    // The caller who has used least comes first.
    if (this.#waiting.size > 0) return false
    this.#begin(work)
    return true
  }

  #begin(work: CallerWork): void {
    this.#count()
    if (this.#current === null) this.#sliceEnd = this.#countedTo + slice
    this.#scheduleEnd()
    this.#current = work
    work.used = Math.max(work.used, this.#level)
    this.#level = work.used
  }

  /** Adds the time since the last call to the caller whose work ran. */
  #count(): void {
    const now = this.#clock.elapsed()
    if (this.#current) this.#current.used += now - this.#countedTo
    this.#countedTo = now
  }

  #scheduleEnd(): void {
    if (this.#isEndScheduled) return
    this.#isEndScheduled = true
    setImmediate(this.#endSlice)
  }

  readonly #endSlice = (): void => {
    this.#isEndScheduled = false
    this.#count()
    this.#current = null
    this.#hasBegun = false
    let least: CallerWork | null = null
    for (const work of this.#waiting) if (least === null || work.used < least.used) least = work
    if (least) void this.#serve(least)
  }

  /** Starts the work that waits, the oldest first, as long as the slice lasts: work that arrives meanwhile would pass it. */
  async #serve(work: CallerWork): Promise<void> {
    this.#begin(work)
    for (const wait of work.waiting) {
      if (wait.isBeginning && this.#hasBegun) continue
      this.#hasBegun ||= wait.isBeginning
      this.#remove(work, wait)
      wait.start()
      await untilBegun()
      if (this.#current !== work || this.#clock.elapsed() >= this.#sliceEnd) return
    }
  }

  #add(work: CallerWork, wait: Wait): void {
    if (work.waiting.size === 0) {
      work.used = Math.max(work.used, this.#level)
      this.#waiting.add(work)
    }
    work.waiting.add(wait)
    this.#scheduleEnd()
  }

  #giveUp(work: CallerWork, pending: Set<Wait>, reason: unknown): void {
    for (const wait of pending) {
      this.#remove(work, wait)
      wait.giveUp(reason)
    }
    pending.clear()
  }

  #remove(work: CallerWork, wait: Wait): void {
    work.waiting.delete(wait)
    if (work.waiting.size === 0) this.#waiting.delete(work)
  }
}

/** A key may have the name of an address. */
function keyOf({ name, isIdentified }: Caller): string {
  return `${isIdentified} ${name}`
}
