import { setMaxListeners } from 'node:events'
import type { SlotEstimate } from '../call/context.ts'
import { type Clock, timerEnded } from '../clock.ts'
import { operationEnded, UpstreamError } from '../error.ts'
import type { ReadOptions } from './reading.ts'

/** A reading that is being made, and the operations that wait for it. */
export class Refresh<Value> {
  /** A reading of another replica is recent enough when it started after this monotonic time. */
  startedAfter: number
  /** The last change before the reading began. */
  readonly change: string | null
  readonly #clock: Clock
  readonly #made: Promise<Value>
  /** Events `slot` and `end`. An operation that leaves removes its listeners, however long the reading is queued. */
  readonly #events = new EventTarget()
  #hasEnded = false
  #slot: SlotEstimate | null = null
  /** Called when the slot is another one. */
  readonly #onSlotChange: () => void
  /** Whether an answer has an error that ends with this refresh. */
  isReported = false
  /** The longest time that an operation has waited until its deadline, in milliseconds. */
  #longestTimeout = 0

  constructor(
    clock: Clock,
    startedAfter: number,
    change: string | null,
    make: (refresh: Refresh<Value>) => Promise<Value>,
    onSlotChange: () => void = () => {},
  ) {
    this.#clock = clock
    this.#onSlotChange = onSlotChange
    this.startedAfter = startedAfter
    this.change = change
    // Hundreds of operations may wait.
    setMaxListeners(0, this.#events)
    this.#made = make(this)
    const end = () => {
      this.#hasEnded = true
      this.#events.dispatchEvent(new Event('end'))
    }
    this.#made.then(end, end)
  }

  /** When its next call may be made; null when it does not wait. */
  set slot(slot: SlotEstimate | null) {
    const isOther = slot?.at !== this.#slot?.at
    this.#slot = slot
    if (isOther) this.#onSlotChange()
    this.#events.dispatchEvent(new Event('slot'))
  }

  /** The monotonic time of that call; null when the reading does not wait. */
  get slotAt(): number | null {
    return this.#slot?.at ?? null
  }

  /** Whether an operation that may wait this many milliseconds would wait in vain, as far as earlier ones show. */
  isTooSlowFor(milliseconds: number): boolean {
    return this.#longestTimeout > 0 && 2 * this.#longestTimeout >= milliseconds
  }

  /** The error of a reading that waits for a slot; null when it does not. */
  get waitingError(): UpstreamError | null {
    return this.#slot && this.#slot.at > this.#clock.elapsed() ? this.#slot.error() : null
  }

  /**
   * Waits for the reading until it is clear that it comes too late. With a fallback, an operation does not wait if
   * another one has waited about as long until its deadline.
   * @throws UpstreamError why the reading failed or comes too late
   */
  wait({ signal, deadline, onQueued }: ReadOptions, hasFallback: boolean): Promise<Value> {
    const settled = new AbortController()
    const from = this.#clock.elapsed()
    const waited = new Promise<Value>((resolve, reject) => {
      const end = () => resolve(this.#made)
      const abort = () => {
        if (signal.reason?.name === 'TimeoutError')
          this.#longestTimeout = Math.max(this.#longestTimeout, this.#clock.elapsed() - from)
        reject(operationEnded(signal.reason))
      }
      const reportSlot = () => {
        if (this.#slot && this.#slot.at > deadline) reject(this.#slot.error())
        else onQueued?.(this.#slot)
      }
      signal.addEventListener('abort', abort, { signal: settled.signal })
      this.#events.addEventListener('slot', reportSlot, { signal: settled.signal })
      this.#events.addEventListener('end', end, { signal: settled.signal })
      if (this.#hasEnded) end()
      if (signal.aborted) reject(operationEnded(signal.reason))
      // The times of two operations are never quite equal.
      if (hasFallback && this.isTooSlowFor(deadline - from))
        reject(new UpstreamError('UPSTREAM_TIMEOUT', 'the reading has already taken longer than an operation may wait'))
      reportSlot()
    })
    return waited.finally(() => settled.abort(timerEnded))
  }
}
