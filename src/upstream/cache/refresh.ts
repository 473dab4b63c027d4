import { type Context, trace } from '@opentelemetry/api'
import type { Subscribe } from '../../listeners.ts'
import type { CallCause } from '../../operation.ts'
import type { SlotEstimate } from '../call/context.ts'
import type { Clock } from '../clock.ts'
import { operationEnded, UpstreamError } from '../error.ts'
import { onAbort } from '../on-abort.ts'
import { Hang, isInVain } from './hang.ts'
import type { ReadOptions } from './reading.ts'

const tooSlow = 'the reading takes longer than an operation may wait'

/** The error of an operation that cannot wait for the slot. */
interface SlotError {
  readonly error: UpstreamError
  /** The monotonic time in seconds at which it was made. */
  readonly second: number
}

interface RefreshSettings {
  readonly clock: Clock
  readonly startedAfter: number
  readonly change: string | null
  /** That of the account. */
  readonly hang?: Hang
  /** Called when the slot is another one. */
  readonly onSlotChange?: () => void
  /** The operation that it begins for. */
  readonly cause?: CallCause | undefined
}

/** A reading that is being made, and the operations that wait for it. */
export class Refresh<Value> {
  /** A reading of another replica is recent enough when it started after this monotonic time. */
  startedAfter: number
  /** The last change before the reading began. */
  readonly change: string | null
  /** Wall-clock time at which it began. */
  readonly beganAt: number
  readonly #clock: Clock
  readonly #made: Promise<Value>
  #slotError: SlotError | null = null
  #slowError: UpstreamError | null = null
  /** Called when the slot is another one, or the reading has ended. An operation that leaves is removed. */
  readonly #waiting = new Set<() => void>()
  #hasEnded = false
  #slot: SlotEstimate | null = null
  readonly #hang: Hang
  readonly #onSlotChange: () => void
  readonly #cause: CallCause | undefined
  /** Ends the reading. */
  cancel: () => void = () => {}
  /** Whether an answer has an error that ends with this refresh. */
  isReported = false
  /** The longest time that an operation has waited until its deadline, in milliseconds. */
  #longestTimeout = 0

  constructor(
    { clock, startedAfter, change, hang = new Hang(), onSlotChange = () => {}, cause }: RefreshSettings,
    make: (refresh: Refresh<Value>) => Promise<Value>,
  ) {
    this.#clock = clock
    this.beganAt = clock.now()
    this.#onSlotChange = onSlotChange
    this.#cause = cause
    this.#hang = hang
    this.startedAfter = startedAfter
    this.change = change
    this.#made = make(this)
    const end = () => {
      this.#hasEnded = true
      this.#notify()
    }
    this.#made.then(end, end)
  }

  /** When its next call may be made; null when it does not wait. */
  set slot(slot: SlotEstimate | null) {
    const isOther = slot?.at !== this.#slot?.at
    this.#slot = slot
    this.#slotError = null
    if (isOther) this.#onSlotChange()
    this.#notify()
  }

  /** The monotonic time of that call; null when the reading does not wait. */
  get slotAt(): number | null {
    return this.#slot?.at ?? null
  }

  /** Whether an operation that may wait this many milliseconds would wait in vain, as far as earlier ones show. */
  isTooSlowFor(milliseconds: number): boolean {
    return isInVain(this.#longestTimeout, milliseconds) || this.#hang.isLongerThan(milliseconds)
  }

  /** Calls the listener when the vendor answers again. */
  get onHangEnd(): Subscribe {
    return this.#hang.onEnd
  }

  /** The error of a reading that waits for a slot; null when it does not. */
  get waitingError(): UpstreamError | null {
    return this.#slot && this.#slot.at > this.#clock.elapsed() ? this.#toSlotError(this.#slot) : null
  }

  /**
   * The error of an operation that would wait in vain, as far as it is known now; null when it has to wait. With a fallback,
   * an operation does not wait if another one has waited about as long until its deadline.
   */
  errorAtOnce({ deadline }: Pick<ReadOptions, 'deadline'>, hasFallback: boolean): UpstreamError | null {
    if (hasFallback && this.isTooSlowFor(deadline - this.#clock.elapsed())) {
      this.#slowError ??= new UpstreamError('UPSTREAM_TIMEOUT', tooSlow)
      return this.#slowError
    }
    return this.#slot && this.#slot.at > deadline ? this.#toSlotError(this.#slot) : null
  }

  #recordTimeout(from: number): void {
    const waited = this.#clock.elapsed() - from
    this.#longestTimeout = Math.max(this.#longestTimeout, waited)
    // While it waits for a slot, the vendor is not called.
    if (!this.#slot) this.#hang.record(from, waited)
  }

  /** It says how long to wait, in seconds, so it is made once in a second, and not for each of hundreds of operations. */
  #toSlotError(slot: SlotEstimate): UpstreamError {
    const second = Math.floor(this.#clock.elapsed() / 1000)
    if (this.#slotError?.second !== second) this.#slotError = { error: slot.error(), second }
    return this.#slotError.error
  }

  /**
   * Waits for the reading until it is clear that it comes too late.
   * @throws UpstreamError why the reading failed or comes too late
   */
  wait({ signal, deadline, onQueued, cause }: ReadOptions, hasFallback: boolean): Promise<Value> {
    if (cause?.trace && cause !== this.#cause) linkTo(cause.trace, this.#cause?.trace)
    const from = this.#clock.elapsed()
    let leave = () => {}
    const waited = new Promise<Value>((resolve, reject) => {
      const abort = () => {
        if (signal.reason?.name === 'TimeoutError') this.#recordTimeout(from)
        reject(operationEnded(signal.reason))
      }
      const report = () => {
        if (this.#hasEnded) resolve(this.#made)
        else if (this.#slot && this.#slot.at > deadline) reject(this.#toSlotError(this.#slot))
        else onQueued?.(this.#slot)
      }
      const ignore = onAbort(signal, abort)
      leave = () => {
        ignore()
        this.#waiting.delete(report)
      }
      this.#waiting.add(report)
      if (this.#hasEnded) resolve(this.#made)
      if (signal.aborted) reject(operationEnded(signal.reason))
      const error = this.errorAtOnce({ deadline }, hasFallback)
      if (error) reject(error)
      else report()
    })
    return waited.finally(leave)
  }

  #notify(): void {
    for (const report of this.#waiting) report()
  }
}

/** The calls of a reading are below the span of the operation that it began for. The span of another one that waits links there. */
function linkTo(waiting: Context, first: Context | undefined): void {
  const context = first && trace.getSpanContext(first)
  if (context) trace.getSpan(waiting)?.addLink({ context })
}
