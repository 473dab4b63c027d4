import type { AnswerBasis } from '../../answer-basis.ts'
import type { CallContext, CallOptions, CallRunner } from '../call/context.ts'
import type { Identity } from '../call/vendor-api.ts'
import type { UpstreamError } from '../error.ts'
import type { ReadSource } from '../observer.ts'
import type { ChangeLog } from './change-log.ts'

/** A vendor's list as it was received, before its rows are parsed. */
export interface Rows {
  /** A reading that is made of them empties the list: stores copy it. */
  readonly rows: unknown[]
  /** Rows that the vendor announced and did not return. */
  readonly missing: number
}

/** A list without missing rows. */
export const completeRows = (rows: unknown[]): Rows => ({ rows, missing: 0 })

/** How to read one place. */
export interface ReadingTask<Value> {
  readonly key: string
  readonly pipeline: CallRunner
  /** How long the reading is fresh, in milliseconds. */
  readonly ttl: number
  /** How other replicas identify the reading, and the fields they may see; null when it is not shared. */
  readonly shared: Pick<SharedReadingRequest, 'identity' | 'fields'> | null
  /** Whether only a reading that this process makes will do. */
  readonly isMadeHere?: boolean
  /** The changes that this program makes there; absent when it makes none. */
  readonly changes?: ChangeLog
  /** What is read of which place, for the observer and the log; absent where it is of no interest. */
  readonly source?: ReadSource
  read(context: CallContext): Promise<Rows>
  /** Long lists are converted in slices. */
  toValue(rows: Rows): Value | Promise<Value>
  /** Called with each reading that this process has made itself, and the wall-clock time of its first call. */
  onMade?(value: Value, asOf: number): void
}

/** What an operation demands of a reading. A refresh that begins for it reports its calls. */
export interface ReadOptions extends Pick<CallOptions, 'cause' | 'onCall' | 'onCallFailed'> {
  readonly signal: AbortSignal
  /** Monotonic time by which the reading must be there. */
  readonly deadline: number
  /** The age that the reading may have, in milliseconds; absent: any age within its ttl. */
  readonly maxStaleness?: number | undefined
  /** What the answer is made from; absent when it is not given again. */
  readonly basis?: AnswerBasis | undefined
  /** Reports that the reading waits for a slot before the deadline, and null when it continues. */
  onQueued?: CallOptions['onQueued']
}

/** The times of a reading. */
interface ReadingTimes {
  /** Wall-clock time at which its first call was made: nothing in the reading is older. */
  readonly asOf: number
  /** The same moment in monotonic time. */
  readonly startedAt: number
  /** Monotonic time at which it was complete. Its ttl begins here, or a slow reading would never be fresh. */
  readonly readAt: number
}

/** A reading that is kept. */
interface KeptReading extends ReadingTimes {
  /** The size of the bodies that it was made of: a few rows can hold long texts. */
  readonly bytes: number
}

/** The result of reading one place. */
export interface Reading<Value> extends Pick<ReadingTimes, 'asOf' | 'startedAt'> {
  readonly value: Value
  /** The last refresh failed or would have come too late. */
  readonly stale: boolean
  /** The error of that refresh. */
  readonly error: UpstreamError | null
}

/** A reading in the cache. */
export interface CacheEntry<Value> extends KeptReading {
  readonly value: Value
  /** The last change before it began. After another change it serves only when the vendor fails. */
  readonly change: string | null
  /** Whether it is from before the start of this process. */
  readonly isRestored?: boolean
}

/** What is known of a reading, without a call. */
export interface ReadingState<Value> {
  /** The last reading; null when there is none, and when it is too old to be served. */
  readonly reading: (Pick<ReadingTimes, 'asOf'> & { readonly value: Value; readonly age: number }) | null
  /** Whether there was a reading, which may be too old to be served. */
  readonly wasRead: boolean
  /** Whether the last attempt succeeded, by this process or before its start. False before the first one has ended. */
  readonly isUp: boolean
  /** Whether an operation that reads now would cause a new reading. */
  readonly isDue: boolean
  /** Whether an operation that reads now would wait for a new reading: the last one is too old to be served meanwhile. */
  readonly isOverdue: boolean
  /**
   * How the last attempt failed, that it waits because the vendor answered 429, or that the first one since the start has not
   * ended and the reading from before is too old. Null when it succeeded.
   */
  readonly failure: {
    readonly error: UpstreamError
    /** The last error of a call that was made: an open circuit does not replace it. Null when there was none. */
    readonly answer: UpstreamError | null
    /** Monotonic time. */
    readonly at: number
  } | null
  /**
   * Wall-clock time at which the first attempt since the last success began. It has failed, or it is in progress: it may wait
   * for a slot longer than operations do. Null when there was none.
   */
  readonly attemptedSince: number | null
  /** Whether an attempt is in progress that waits for a slot under a rate limit. */
  readonly isWaiting: boolean
  /** Whether an operation has read it, not longer ago than a reading serves. Prefetching alone is no use. */
  readonly isInUse: boolean
}

/** A reading as replicas share it, and as it survives a restart. */
export interface SharedReading extends KeptReading {
  readonly rows: Rows
  /** The last change before it began. Absent: the one that was asked for. */
  readonly change?: string | null
}

/** A request for a reading that any replica may make. */
export interface SharedReadingRequest {
  readonly identity: Identity
  /** The fields of a row that are shared. They contain no secret and no PEM. */
  readonly fields: readonly string[]
  /** The last change before it. Readings before and after a change are different ones. */
  readonly change?: string | null
  /** How long the reading may be used, in milliseconds. */
  readonly maxAge: number
  /** A reading that started after this monotonic time is recent enough. */
  startedAfter(): number
}

/** The readings that replicas share, or that a process keeps for the one after its restart. */
export interface SharedReadingCache {
  /** The last reading that any replica made after this change, or that this process made before its restart. */
  get(identity: Identity, change?: string | null): Promise<SharedReading | null>
  /** Makes a reading, or returns that of another replica which makes it now or has just made it. */
  getOrMake(
    request: SharedReadingRequest,
    options: CallOptions,
    make: (options: CallOptions) => Promise<SharedReading>,
  ): Promise<SharedReading>
  /** Keeps a reading that was made without regard to others. Absent: it is not shared. */
  keep?(request: SharedReadingRequest, reading: SharedReading): void
}
