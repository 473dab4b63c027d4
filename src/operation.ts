import type { Context } from '@opentelemetry/api'
import type { AnswerBasis } from './answer-basis.ts'
import type { CallPlan } from './call-plan.ts'
import type { EncodedLists } from './encoded-lists.ts'
import type { OperationOutcome } from './operation-outcome.ts'
import type { TimeSlice } from './time-slice.ts'

/** The permissions that a caller may have. */
export const permissions = ['certificates:read', 'certificates:content', 'certificates:write', 'metrics:read'] as const
export type Permission = (typeof permissions)[number]

/** The client that sends an operation. */
export interface Caller {
  /** The name in the log. */
  readonly name: string
  readonly permissions: ReadonlySet<Permission>
  /** The places that the caller may see, by the vendors' ids. Null: all. */
  readonly places: ReadonlySet<string> | null
  /** Whether the caller is authenticated. Else the name is an address, which many callers may share. */
  readonly isIdentified: boolean
  /** What authenticated the caller; absent without authentication. */
  readonly credential?: 'key' | 'token' | 'feed'
  /** Wall-clock time from which its token is not accepted any more; absent without a token. */
  readonly expiresAt?: number
}

/** The places in a caller's list that are neither configured nor discovered. */
export interface MissingPlaces {
  /** The vendors' ids. */
  readonly ids: readonly string[]
  /** Whether every discovery has succeeded: if not, one of the places may exist. */
  readonly isCertain: boolean
}

/** Which places contain which, by the configuration and the last discoveries. */
export interface PlaceIndex {
  /** Records the result of a discovery: these places and no others. An old or partial list is not whole. */
  record(place: string, places: readonly { readonly vendorId: string }[], isWhole?: boolean): void
  /** Records that a discovery failed. Where its places were found before is kept. */
  recordFailure(place: string): void
  /**
   * Records that a discovery failed whose report the caller may not see. What it had found before then counts as missing in
   * this operation.
   */
  recordHiddenFailure(operation: Operation, place: string, error: Error): void
  /** The error of a discovery that failed in this operation and whose report the caller may not see. */
  hiddenFailure(operation: Operation): Error | null
  /** Whether a discovery of the place may find one of these places, given by the vendors' ids. */
  mayHold(place: string, places: Iterable<string>): boolean
  /** Those of these places that the last discovery of the place found. */
  heldBy(place: string, places: Iterable<string>): readonly string[]
  /** Which of these places are neither configured nor discovered, by what the operation has found. Makes no call. */
  missingOf(places: Iterable<string>, operation?: Operation): MissingPlaces
  /**
   * Runs discoveries and records their results: of the places that the caller sees, or of all that may contain one of the
   * caller's places. It never rejects. Absent within such a discovery.
   */
  learn?(operation: Operation, from: 'seen' | 'all'): Promise<void>
  /**
   * Finds out which of the caller's places exist nowhere. Makes discoveries only when a place is neither configured nor
   * known. It never rejects. Absent within a discovery.
   */
  findMissing?(operation: Operation): Promise<MissingPlaces>
}

/** The operation that caused a call, for the log and traces. */
export interface CallCause {
  readonly requestId: string
  /** The OpenTelemetry context with the span of the operation; absent without tracing. */
  readonly trace?: Context | undefined
}

/** One GraphQL operation, as the layers below the schema see it. */
export interface Operation {
  readonly requestId: string
  readonly caller: Caller
  /** Absent when no caller is limited to places. */
  readonly placeIndex?: PlaceIndex
  /** Wall-clock time of the operation: remaining days are computed from it. */
  readonly now: number
  /** Monotonic time by which the operation must be answered. */
  readonly deadline: number
  /** Aborts when the client leaves or the deadline passes. */
  readonly signal: AbortSignal
  /** The idempotency key of its only mutation, as the client sent it in the header. */
  readonly idempotencyKey?: string | undefined
  /** Whether no caller waits for it: its calls are made only when they need not wait, and once. */
  readonly isBackground?: boolean
  /** Its time on the event loop. */
  readonly timeSlice: TimeSlice
  /** What its answer is made from; absent when the answer is not given again. */
  readonly basis?: AnswerBasis | undefined
  /** The lists of its answer that are converted to JSON as they are made; absent when the executor completes every field. */
  readonly encodedLists?: EncodedLists | undefined
  /** Records what is wrong with what it reads; absent where no answer is logged. */
  readonly outcome?: OperationOutcome | undefined
  /** Itself, as the cause of the calls that begin for it. They may outlive it. */
  readonly cause?: CallCause | undefined
  /** Whether it makes no calls to vendors, and causes none: what is not kept is null with an error. */
  readonly isPassive?: boolean
  /** Records the calls that it would make; only for a passive operation. */
  readonly plan?: CallPlan | undefined
  /** Counts the calls to vendors that begin for this operation. */
  readonly onCall?: (() => void) | undefined
  /** Counts those that failed. */
  readonly onCallFailed?: (() => void) | undefined
}
