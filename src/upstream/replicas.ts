import { type ChangeLog, MemoryChangeLog } from './cache/change-log.ts'
import type { Rows } from './cache/reading.ts'
import type { CallOptions } from './call/context.ts'
import type { Clock } from './clock.ts'
import type { Limit } from './rate-limit/limit.ts'
import { MemoryRateLimitStore, type RateLimitStore } from './rate-limit/store.ts'

/** What makes a thing the same thing for all replicas, and another one for everybody else. Only its digest leaves the process. */
export type Identity = readonly string[]

/** A reading as replicas hand it to each other. */
export interface SharedReading {
  readonly rows: Rows
  readonly asOf: number
  readonly readAt: number
}

/** A reading that is wanted. */
export interface SharedReadingRequest {
  readonly identity: Identity
  /** The fields of a row that are handed on: none that the vendor may put a secret or a PEM in. */
  readonly fields: readonly string[]
  /** How long it may serve at the most, in milliseconds. */
  readonly maxAge: number
  /** One that began after this moment will do. */
  startedAfter(): number
}

/** The readings that replicas make for each other. */
export interface SharedReadingCache {
  /** The last one that any replica made. */
  get(identity: Identity): Promise<SharedReading | null>
  /** Makes a reading, unless another replica is making it or has just made it: then theirs. */
  getOrMake(
    wanted: SharedReadingRequest,
    sender: CallOptions,
    make: (sender: CallOptions) => Promise<SharedReading>,
  ): Promise<SharedReading>
}

/** What this process shares with its replicas. */
export interface Replicas {
  /** How many there are. */
  readonly count: number
  readonly readings: SharedReadingCache
  /** The one budget that all of them take from. */
  rateLimitStore(identity: Identity, limits: readonly Limit[]): RateLimitStore
  /** What is changed at the vendor; to be known for as long as a reading may serve, in milliseconds. */
  changes(identity: Identity, keep: number): ChangeLog
  /** Whether that works, or each goes on alone; null when there is nobody to share with. */
  readonly state: 'shared' | 'alone' | null
  close(): void
}

/** A process that shares nothing: all of it is in memory. */
export function createSoleReplica(clock: Clock): Replicas {
  return {
    count: 1,
    readings: { get: async () => null, getOrMake: (_wanted, sender, make) => make(sender) },
    rateLimitStore: (_identity, limits) => new MemoryRateLimitStore(clock, limits),
    changes: () => new MemoryChangeLog(),
    state: null,
    close() {},
  }
}
