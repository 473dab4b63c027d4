import type { Logger } from 'pino'
import { MemoryStateStore } from '../../state/memory-state-store.ts'
import type { Clock } from '../clock.ts'
import { defaultTextBounds, type KeptTexts } from '../kept-texts.ts'
import { clearPauses, type Replicas } from '../replicas.ts'
import { StateHistory } from '../state-history.ts'
import { createStateTexts } from '../state-texts.ts'
import { RedisChangeLog } from './change-log.ts'
import { RedisConnection } from './connection.ts'
import { RedisHistory } from './history-store.ts'
import { RedisIdempotencyStores } from './idempotency-store.ts'
import { InvalidValues } from './invalid-values.ts'
import { Keyring, keptIdentity } from './keys.ts'
import { RedisRateLimitStore } from './rate-limit-store.ts'
import { RedisReadingCache } from './reading-cache.ts'
import { createRedisLeases } from './shared-leases.ts'
import { RedisTexts } from './texts.ts'

interface RedisSettings {
  readonly url: string
  readonly replicas: number
  /** Signs what is kept for long. Without it, that is kept in the memory of the process. */
  readonly secret?: string | undefined
}

/** Creates one of several replicas that share rate limits and readings through Redis or Valkey. */
export function createRedisReplica(
  { url, replicas, secret }: RedisSettings,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Replicas {
  const stores: RedisRateLimitStore[] = []
  const connection = new RedisConnection(url, clock, log)
  const invalid = new InvalidValues(clock, log)
  const keyring = new Keyring(clock, invalid)
  const kept = secret === undefined ? null : keyring.keysOf(keptIdentity(secret))
  const texts = new Map<string, KeptTexts>()
  const memory = new MemoryStateStore()
  const requests = new RedisIdempotencyStores(clock, connection, keyring)
  return {
    count: replicas,
    readings: new RedisReadingCache({ clock, log }, connection, keyring),
    keepsReadings: true,
    rateLimitStore(identity, limits) {
      const store = new RedisRateLimitStore(clock, { connection, replicas }, keyring.keysOf(identity), limits)
      stores.push(store)
      return store
    },
    changes: (identity, maxAge) => new RedisChangeLog(clock, connection, keyring.keysOf(identity), maxAge),
    requests: (identity) => requests.create(identity),
    texts(kind, bounds = defaultTextBounds) {
      const known = texts.get(kind)
      if (known) return known
      const created = kept
        ? new RedisTexts(connection, kept, kind, bounds)
        : createStateTexts(memory, clock, kind, bounds)
      texts.set(kind, created)
      return created
    },
    history: kept ? new RedisHistory(connection, kept) : new StateHistory(memory, clock.now()),
    lease: createRedisLeases(clock, connection, keyring),
    get state() {
      return connection.state
    },
    get invalidValues() {
      return invalid.count
    },
    clearPauses: () => clearPauses(stores),
    close: () => connection.close(),
  }
}
