import type { CallContext } from '../call/context.ts'
import type { ResiliencePipeline } from '../call/resilience-pipeline.ts'
import type { UpstreamError } from '../error.ts'
import type { SharedReadingRequest } from '../replicas.ts'
import type { ChangeLog } from './change-log.ts'

/** A vendor's list as it came, before anything in it is understood. */
export interface Rows {
  /** As the vendor wrote them. */
  readonly rows: readonly unknown[]
  /** How many it promised and did not give. */
  readonly missing: number
}

/** A list that came whole. */
export const completeRows = (rows: readonly unknown[]): Rows => ({ rows, missing: 0 })

/** What was read, and when. */
export interface Reading<Value> {
  readonly value: Value
  /** The moment the first call was made that it comes from: nothing in it is older. */
  readonly asOf: number
  /** The last attempt to renew it failed, or found no budget. */
  readonly stale: boolean
  /** Why, when it is stale. */
  readonly error: UpstreamError | null
}

/** One place to be read, and how. */
export interface ReadingTask<Value> {
  readonly key: string
  readonly pipeline: ResiliencePipeline
  /** How long the reading serves, in milliseconds. */
  readonly ttl: number
  /** How it is handed to other replicas; null when it is not. */
  readonly shared: Pick<SharedReadingRequest, 'identity' | 'fields'> | null
  /** What this program changes there; absent where it changes nothing. */
  readonly changes?: ChangeLog
  read(context: CallContext): Promise<Rows>
  toValue(rows: Rows): Value
}

/** A reading that may serve. */
export interface CacheEntry<Value> {
  readonly value: Value
  readonly asOf: number
  /** The moment it ended. From then on it serves: one that takes as long as that would otherwise serve nobody. */
  readonly readAt: number
  /** The last change before it began: after another one it serves only when the vendor fails. */
  readonly change: string | null
}
