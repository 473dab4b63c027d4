import { setMaxListeners } from 'node:events'
import type { CallOptions, SlotEstimate } from '../call/context.ts'
import type { Clock } from '../clock.ts'
import { operationEnded, UpstreamError } from '../error.ts'

/** Whoever asks for a reading. One that is begun for them tells them of its calls. */
export interface ReadOptions extends Pick<CallOptions, 'onCall' | 'onCallFailed'> {
  readonly signal: AbortSignal
  /** The moment by which it has to be there. */
  readonly deadline: number
  /** How old a reading may be, in milliseconds; by its ttl when absent. */
  readonly maxStaleness?: number | undefined
  /** Told when the reading has to wait for a turn that is early enough, and with null when it goes on. */
  onQueued?(turn: SlotEstimate | null): void
}

/** One reading being made, and all who wait for it. */
export class Refresh<Value> {
  /** A reading begun by another replica is good enough if it is no older than this. */
  startedAfter: number
  /** The last change before it began. */
  readonly change: string | null
  readonly #made: Promise<Value>
  /** Tells of a turn, and of the end. Who leaves is forgotten, however long a reading stays queued. */
  readonly #events = new EventTarget()
  #isOver = false
  #turn: SlotEstimate | null = null
  readonly #clock: Clock
  /** The longest that anybody has waited for it in vain, in milliseconds. */
  #inVain = 0

  constructor(clock: Clock, since: number, change: string | null, make: (renewal: Refresh<Value>) => Promise<Value>) {
    this.#clock = clock
    this.startedAfter = since
    this.change = change
    // Hundreds may wait.
    setMaxListeners(0, this.#events)
    this.#made = make(this)
    const end = () => {
      this.#isOver = true
      this.#events.dispatchEvent(new Event('end'))
    }
    this.#made.then(end, end)
  }

  /** When its next call may be made, if it has to wait for that. */
  set slot(turn: SlotEstimate | null) {
    this.#turn = turn
    this.#events.dispatchEvent(new Event('turn'))
  }

  /**
   * Waits for it, as long as that makes sense. Who is `frugal` has something older at hand, and does not wait for a vendor
   * on which another reader has spent as much time in vain.
   * @throws UpstreamError why it failed, or why it comes too late
   */
  wait({ signal, deadline, onQueued }: ReadOptions, frugal: boolean): Promise<Value> {
    const waiting = new AbortController()
    const from = this.#clock.now()
    const waited = new Promise<Value>((resolve, reject) => {
      const end = () => resolve(this.#made)
      const leave = () => {
        if (signal.reason?.name === 'TimeoutError') this.#inVain = Math.max(this.#inVain, this.#clock.now() - from)
        reject(operationEnded(signal.reason))
      }
      const turn = () => {
        if (this.#turn && this.#turn.at > deadline) reject(this.#turn.error())
        else onQueued?.(this.#turn)
      }
      signal.addEventListener('abort', leave, { signal: waiting.signal })
      this.#events.addEventListener('turn', turn, { signal: waiting.signal })
      this.#events.addEventListener('end', end, { signal: waiting.signal })
      if (this.#isOver) end()
      if (signal.aborted) reject(operationEnded(signal.reason))
      // Their times are never quite the same.
      if (frugal && this.#inVain > 0 && 2 * this.#inVain >= deadline - from)
        reject(new UpstreamError('UPSTREAM_TIMEOUT', 'not read in all the time of an earlier operation'))
      turn()
    })
    return waited.finally(() => waiting.abort())
  }
}
