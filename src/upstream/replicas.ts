import type { TextKind } from '../state/kept-kinds.ts'
import { MemoryStateStore } from '../state/memory-state-store.ts'
import type { StateStore } from '../state/state-store.ts'
import type { ChangeLog } from './cache/change-log.ts'
import type { SharedReadingCache } from './cache/reading.ts'
import type { Identity } from './call/vendor-api.ts'
import type { Clock } from './clock.ts'
import type { HistoryStore } from './history-store.ts'
import type { IdempotencyStore } from './idempotency-store.ts'
import { defaultTextBounds, type KeptTexts, type TextBounds } from './kept-texts.ts'
import type { Limit } from './rate-limit/limit.ts'
import type { ClearedPauses, RateLimitStore } from './rate-limit/store.ts'
import type { SharedLease } from './shared-lease.ts'
import { StateChangeLog } from './state/change-log.ts'
import { StateIdempotencyStore } from './state/idempotency-store.ts'
import { StateRateLimitStore } from './state/rate-limit-store.ts'
import { StateReadingCache } from './state/reading-cache.ts'
import { StateHistory } from './state-history.ts'
import { createStateLeases } from './state-leases.ts'
import { createStateTexts } from './state-texts.ts'

/** What this process shares with the other replicas of the program. */
export interface Replicas {
  /** The number of replicas. */
  readonly count: number
  readonly readings: SharedReadingCache
  /** Whether readings from before the start may be there. */
  readonly keepsReadings: boolean
  /** The store of the rate limits that all replicas share. */
  rateLimitStore(identity: Identity, limits: readonly Limit[]): RateLimitStore
  /** The changes by all replicas. An id is kept for `maxAge` milliseconds, the longest time that a reading is used. */
  changes(identity: Identity, maxAge: number): ChangeLog
  /** The requests with an idempotency key that change something through this API client. */
  requests(identity: Identity): IdempotencyStore
  /** The texts of one kind: x509, changes and so on. */
  texts(kind: TextKind, bounds?: TextBounds): KeptTexts
  /** The history of changes. */
  readonly history: HistoryStore
  /** The lease of this name. A name contains no credential: it is the same for processes with different ones. */
  lease(name: string): SharedLease
  /** Whether sharing works at the moment; null when there is only one replica. */
  readonly state: 'shared' | 'alone' | null
  /** The number of values in Redis that were not used, because they were not signed or had expired. */
  readonly invalidValues: number
  /** Ends the pauses that vendors asked for, in all rate limits. */
  clearPauses(): Promise<ClearedPauses>
  /** Resolves when what has to survive a restart is kept. */
  close(): void | Promise<void>
}

/** The only replica. What has to survive a restart is in the state. */
export function createSoleReplica(clock: Clock, state: StateStore = new MemoryStateStore()): Replicas {
  const requests = new StateIdempotencyStore(clock, state)
  const stores: RateLimitStore[] = []
  const readings = new StateReadingCache(clock, state)
  return {
    count: 1,
    readings,
    get keepsReadings() {
      // What is on a full disk can be read.
      return state.hasDisk
    },
    rateLimitStore(identity, limits) {
      const store = new StateRateLimitStore(clock, state, identity, limits)
      stores.push(store)
      return store
    },
    clearPauses: () => clearPauses(stores),
    changes: (identity) => new StateChangeLog(clock, state, identity),
    requests: () => requests,
    texts: (kind, bounds = defaultTextBounds) => createStateTexts(state, clock, kind, bounds),
    history: new StateHistory(state, clock.now()),
    lease: createStateLeases(state, clock),
    state: null,
    invalidValues: 0,
    close: () => readings.close(),
  }
}

/** Ends the pauses of several stores, and adds up their numbers. */
export async function clearPauses(stores: readonly RateLimitStore[]): Promise<ClearedPauses> {
  const cleared = await Promise.all(stores.map((store) => store.clearPauses()))
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
  return { own: sum(cleared.map(({ own }) => own)), shared: sum(cleared.map(({ shared }) => shared)) }
}
