import type { UpstreamError } from '../error.ts'
import type { CircuitPermit } from './circuit-breaker.ts'

/** A call has to wait until its turn comes. */
export interface SlotEstimate {
  readonly at: number
  /** What to tell those who cannot wait so long. */
  error(): UpstreamError
}

/** What sends calls on their way: a reading that many share, or one operation. */
export interface CallOptions {
  readonly signal: AbortSignal
  /** Milliseconds it may still take, not counting the time it waits for a turn. */
  remaining(): number
  /** Told when its call has to wait for a turn, and with null when it goes. */
  onQueued(turn: SlotEstimate | null): void
  /** Told of each call that goes. */
  readonly onCall?: (() => void) | undefined
  /** Told of a call that succeeded, with the moment it was made. */
  onResponse?(madeAt: number): void
  /** Told of each call that failed, also when it is made again. */
  readonly onCallFailed?: ((error: UpstreamError) => void) | undefined
}

/** A sender with its way through the circuit of the account. */
export interface CallContext extends CallOptions {
  readonly permit: CircuitPermit
}
