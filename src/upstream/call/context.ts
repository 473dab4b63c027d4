import type { CallCause } from '../../operation.ts'
import type { UpstreamError } from '../error.ts'
import type { CircuitPermit } from './circuit-breaker.ts'
import type { KeptMembers } from './kept-members.ts'
import type { ReadingSize } from './reading-size.ts'

/** When a call that has to wait may be made, as far as is known. */
export interface SlotEstimate {
  /** Monotonic time. */
  readonly at: number
  /** The error for an operation that cannot wait as long. */
  error(): UpstreamError
  /** Whether the call waits because the vendor has answered it 429. */
  readonly isAfterRejection?: boolean
}

/** How calls are made: for how long, and what is reported about them. A reading or an operation provides it. */
export interface CallOptions {
  readonly signal: AbortSignal
  /** Milliseconds that the calls may still take, not counting the time they wait for a slot. */
  remaining(): number
  /** Reports that a call has to wait, and null when it is made. */
  onQueued(slot: SlotEstimate | null): void
  /** The operation that the calls are made for first; absent for a call that no operation caused. */
  readonly cause?: CallCause | undefined
  /** Reports each call that is made. */
  readonly onCall?: (() => void) | undefined
  /** Reports a call that succeeded, with the wall-clock and the monotonic time at which it was made. */
  onResponse?(asOf: number, startedAt: number): void
  /** Returns the monotonic time of the last call for the same place; the calls of other places that are older go first. */
  lastCallAt?(): number
  /** Returns why the last reading of the same place failed; null when it succeeded or there was none. */
  lastFailure?(): UpstreamError | null
  /** Reports each call that failed, also when it is retried. */
  readonly onCallFailed?: ((error: UpstreamError) => void) | undefined
  /** Whether a call that was answered 429 may wait for another slot; absent: it may. A vendor may answer 429 for ever. */
  mayWaitAgain?(): boolean
  /** Reports each 429, after which the call waits for its next slot. */
  readonly onRejected?: ((error: UpstreamError) => void) | undefined
}

/** Options with the permit of the account's circuit breaker. */
export interface CallContext extends CallOptions {
  readonly permit: CircuitPermit
  /** Counts the lists that the calls return. */
  readonly size: ReadingSize
  /** The members of rows that are kept of the lists; absent where the rows are not kept. */
  readonly keptMembers?: KeptMembers
  /** The calls are for one operation alone: they may take only a share of the limits. The caller is null when unidentified. */
  readonly sharedBy?: { readonly caller: string | null }
  /** Adds to the error of a call what only the maker of the calls can say, before it is logged. */
  explain?(error: UpstreamError): UpstreamError
}

/** Runs calls under the circuit breaker of an account. */
export interface CallRunner {
  /** Runs the calls of a reading. @throws UpstreamError UPSTREAM_CIRCUIT_OPEN when too many readings have failed */
  runReading<Value>(options: CallOptions, work: (context: CallContext) => Promise<Value>): Promise<Value>
}
