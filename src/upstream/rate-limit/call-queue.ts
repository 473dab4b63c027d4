import { type Clock, timerEnded } from '../clock.ts'
import { onAbort } from '../on-abort.ts'
import { estimateSlots } from './limit.ts'
import type { RateLimitStore } from './store.ts'

/** Limits how many calls of one account are in flight. */
export class Semaphore {
  /** How many more calls may be made now. */
  available: number
  #concurrency: number

  constructor(concurrency: number) {
    this.available = concurrency
    this.#concurrency = concurrency
  }

  /** Fewer calls than are in flight end no call: none is made until enough of them have ended. */
  changeConcurrency(concurrency: number): void {
    this.available += concurrency - this.#concurrency
    this.#concurrency = concurrency
  }
}

/** A call that waits until the rate limits allow it. */
export interface QueuedCall<Resource extends string = string> {
  /** Its resource in the vendor's table of limits. */
  readonly resource: Resource
  /** The semaphore of its account. */
  readonly semaphore: Semaphore
  readonly signal: AbortSignal
  /** Monotonic time of the last call for the same place. Absent: the call is for no place, and counts from when it came. */
  readonly lastCallAt?: number | undefined
  /** Whether the account's last call for the resource failed. */
  isProbe(): boolean
  /** Reports the estimated time of its slot when it has to wait, and again when the estimate changes. */
  onEstimate(slotAt: number): void
}

interface Entry extends QueuedCall {
  readonly lastCallAt: number
  resolve(): void
  reject(reason: unknown): void
}

/** Timers longer than 24 days fire at once. */
const maxSleep = 3_600_000

/**
 * The calls for one resource, those first whose place was called least recently: otherwise a place that is asked for more
 * often would be read more often than another one that waits. A call is recorded at the moment it is made: recorded earlier, it
 * would leave the window here before it leaves it at the vendor. So it takes a permit of its semaphore first, then a slot.
 */
export class CallQueue {
  readonly #clock: Clock
  readonly #store: RateLimitStore
  readonly #resource: string
  readonly #entries: Entry[] = []
  #isDispatching = false
  /** It waits for a slot. */
  #isSleeping = false
  #sleep = new AbortController()
  /** How often it was woken. A wake that comes while the store is asked must not be lost. */
  #wakes = 0

  constructor(clock: Clock, store: RateLimitStore, resource: string) {
    this.#clock = clock
    this.#store = store
    this.#resource = resource
  }

  /** The number of waiting calls, or of those with this semaphore. */
  size(semaphore?: Semaphore): number {
    if (!semaphore) return this.#entries.length
    let size = 0
    for (const entry of this.#entries) if (entry.semaphore === semaphore) size += 1
    return size
  }

  /** The estimated slots of all waiting calls and of one more. */
  estimateSlots(isLastProbe = false): number[] {
    const from = Math.max(this.#clock.elapsed(), this.#store.pausedUntil(this.#resource))
    return estimateSlots(this.#store.windows(this.#resource), from, this.#entries.length + 1, {
      windows: this.#store.probeWindows(this.#resource),
      isProbe: (index) => this.#entries[index]?.isProbe() ?? isLastProbe,
    })
  }

  /**
   * Resolves when the call may be made. It then holds a permit of its semaphore.
   * @throws the reason of its signal, or of `rejectAll`
   */
  enqueue(call: QueuedCall): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = call
      const remove = () => {
        this.#entries.splice(this.#entries.indexOf(entry), 1)
        ignore()
        if (!this.#next()) this.wake()
      }
      const entry: Entry = {
        ...call,
        lastCallAt: call.lastCallAt ?? this.#clock.elapsed(),
        resolve() {
          remove()
          resolve()
        },
        reject(reason) {
          remove()
          reject(reason)
        },
      }
      const ignore = onAbort(signal, () => entry.reject(signal.reason))
      const position = this.#entries.findLastIndex(({ lastCallAt }) => lastCallAt <= entry.lastCallAt) + 1
      this.#entries.splice(position, 0, entry)
      if (this.#isSleeping) this.#reportEstimates(this.#entries.slice(position))
      void this.dispatch()
    })
  }

  /** Rejects every waiting call with this semaphore. */
  rejectAll(semaphore: Semaphore, reason: unknown): void {
    for (const entry of this.#entries.filter((each) => each.semaphore === semaphore)) entry.reject(reason)
  }

  /** Ends the wait for a slot early, because the calls or their slots have changed. */
  wake(): void {
    this.#wakes += 1
    this.#sleep.abort(timerEnded)
  }

  /** Lets calls through, as slots and permits allow, until none can go. */
  async dispatch(): Promise<void> {
    if (this.#isDispatching) return
    this.#isDispatching = true
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const wakes = this.#wakes
        const slot = await this.#tryAcquireFor(next)
        if (slot !== null && wakes === this.#wakes) await this.#sleepUntil(slot)
      }
    } finally {
      this.#isDispatching = false
    }
  }

  /** The first call whose semaphore has a permit: of any account, or of one that fails, or of one that does not. */
  #next(isProbe?: boolean): Entry | undefined {
    return this.#entries.find(
      (entry) => entry.semaphore.available > 0 && (isProbe === undefined || entry.isProbe() === isProbe),
    )
  }

  /** Lets the first call through, or, while a probe has to wait, the first call of an account that does not fail. */
  async #tryAcquireFor(first: Entry): Promise<number | null> {
    const isProbe = first.isProbe()
    const slot = await this.#store.tryAcquire(this.#resource, isProbe)
    if (slot === null) this.#dispatch(isProbe)
    if (slot === null || !isProbe || !this.#next(false)) return slot
    const other = await this.#store.tryAcquire(this.#resource, false)
    if (other === null) this.#dispatch(false)
    return other === null ? null : Math.min(slot, other)
  }

  /** The first call may have left while the store was asked. Then the recorded slot goes to the next one. */
  #dispatch(isProbe: boolean): void {
    const entry = this.#next(isProbe) ?? this.#next()
    if (!entry) return
    entry.semaphore.available -= 1
    entry.resolve()
  }

  async #sleepUntil(slot: number): Promise<void> {
    this.#sleep = new AbortController()
    this.#reportEstimates([...this.#entries])
    // A report may make every call leave.
    if (!this.#next()) return
    this.#isSleeping = true
    const left = Math.max(0, slot - this.#clock.elapsed())
    await this.#clock.sleep(Math.min(left, maxSleep), this.#sleep.signal).catch(() => {})
    this.#isSleeping = false
  }

  #reportEstimates(entries: readonly Entry[]): void {
    const slots = this.estimateSlots()
    const positions = new Map(this.#entries.map((entry, position) => [entry, position]))
    for (const entry of entries) {
      const slot = slots[positions.get(entry) ?? -1]
      if (slot !== undefined && slot > this.#clock.elapsed()) entry.onEstimate(slot)
    }
  }
}
