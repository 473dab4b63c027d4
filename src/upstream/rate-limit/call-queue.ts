import type { Clock } from '../clock.ts'
import { estimateSlots } from './limit.ts'
import type { RateLimitStore } from './store.ts'

/** How many calls one account may still have in flight. */
export class Semaphore {
  available: number

  constructor(concurrency: number) {
    this.available = concurrency
  }
}

/** A call that is to be made. */
export interface QueuedCall {
  /** What it asks for, by the name in the table of limits. */
  readonly resource: string
  /** Those of its account. */
  readonly semaphore: Semaphore
  readonly signal: AbortSignal
  /** Told for when its turn is foreseen, and again whenever that changes. */
  onEstimate(turn: number): void
}

interface Waiter extends QueuedCall {
  go(): void
  refuse(reason: unknown): void
}

/** Timers beyond 24 days fire at once; nobody waits that long without looking again. */
const longestSleep = 3_600_000

/**
 * The calls for one resource, in the order they came. One is written down the moment it goes and not before, or the vendor
 * would see it in a later window than the ledger: first a slot of its account, then the turn.
 */
export class CallQueue {
  readonly #clock: Clock
  readonly #ledger: RateLimitStore
  readonly #resource: string
  readonly #waiters: Waiter[] = []
  #isMoving = false
  /** Until a turn comes. */
  #isAsleep = false
  #sleep = new AbortController()

  constructor(clock: Clock, ledger: RateLimitStore, resource: string) {
    this.#clock = clock
    this.#ledger = ledger
    this.#resource = resource
  }

  /** How many wait; of one account, if that is said. */
  size(slots?: Semaphore): number {
    return slots ? this.#waiters.filter((waiter) => waiter.semaphore === slots).length : this.#waiters.length
  }

  /** The turns of all who wait, and of one more. */
  estimateSlots(): number[] {
    const from = Math.max(this.#clock.now(), this.#ledger.pausedUntil(this.#resource))
    return estimateSlots(this.#ledger.windows(this.#resource), from, this.#waiters.length + 1)
  }

  /** Waits for a turn and takes a slot. @throws the reason of the signal, or of who refuses */
  enqueue(claim: QueuedCall): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = claim
      const leave = () => waiter.refuse(signal.reason)
      const end = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        signal.removeEventListener('abort', leave)
        if (!this.#next()) this.wake()
      }
      const waiter: Waiter = {
        ...claim,
        go() {
          end()
          resolve()
        },
        refuse(reason) {
          end()
          reject(reason)
        },
      }
      signal.addEventListener('abort', leave)
      this.#waiters.push(waiter)
      if (this.#isAsleep) this.#foretell([waiter])
      void this.dispatch()
    })
  }

  /** Sends away all who wait with these slots. */
  rejectAll(slots: Semaphore, reason: unknown): void {
    for (const waiter of this.#waiters.filter((each) => each.semaphore === slots)) waiter.refuse(reason)
  }

  /** Has it look again: who waits, or for how long, has changed. */
  wake(): void {
    this.#sleep.abort()
  }

  /** Lets through whoever can go, now and later. */
  async dispatch(): Promise<void> {
    if (this.#isMoving) return
    this.#isMoving = true
    try {
      while (this.#next()) {
        const turn = await this.#ledger.tryAcquire(this.#resource)
        if (turn === null) this.#letThrough()
        else await this.#waitFor(turn)
      }
    } finally {
      this.#isMoving = false
    }
  }

  #next(): Waiter | undefined {
    return this.#waiters.find(({ semaphore }) => semaphore.available > 0)
  }

  /** Who came first may have left while the ledger was asked; then the call that it wrote down is the next one's. */
  #letThrough(): void {
    const waiter = this.#next()
    if (!waiter) return
    waiter.semaphore.available -= 1
    waiter.go()
  }

  async #waitFor(turn: number): Promise<void> {
    this.#sleep = new AbortController()
    this.#foretell([...this.#waiters])
    // All may have left at that.
    if (!this.#next()) return
    this.#isAsleep = true
    const left = Math.max(0, turn - this.#clock.now())
    await this.#clock.sleep(Math.min(left, longestSleep), this.#sleep.signal).catch(() => {})
    this.#isAsleep = false
  }

  #foretell(waiters: readonly Waiter[]): void {
    const turns = this.estimateSlots()
    const places = new Map(this.#waiters.map((waiter, place) => [waiter, place]))
    for (const waiter of waiters) {
      const turn = turns[places.get(waiter) ?? -1]
      if (turn !== undefined && turn > this.#clock.now()) waiter.onEstimate(turn)
    }
  }
}
