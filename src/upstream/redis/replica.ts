import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { MemoryIdempotencyStore } from '../idempotency-store.ts'
import { clearPauses, type Replicas } from '../replicas.ts'
import { RedisChangeLog } from './change-log.ts'
import { RedisConnection } from './connection.ts'
import { keysOf } from './keys.ts'
import { RedisRateLimitStore } from './rate-limit-store.ts'
import { RedisReadingCache } from './reading-cache.ts'

/** Creates one of several replicas that share rate limits and readings through Redis or Valkey. */
export function createRedisReplica(
  { url, replicas }: { readonly url: string; readonly replicas: number },
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Replicas {
  const stores: RedisRateLimitStore[] = []
  const requests = new MemoryIdempotencyStore(clock)
  const connection = new RedisConnection(url, clock, log)
  return {
    count: replicas,
    readings: new RedisReadingCache(clock, log, connection),
    rateLimitStore(identity, limits) {
      const store = new RedisRateLimitStore(clock, { connection, replicas }, keysOf(identity), limits)
      stores.push(store)
      return store
    },
    clearPauses: () => clearPauses(stores),
    changes: (identity, maxAge) => new RedisChangeLog(connection, keysOf(identity), maxAge),
    requests: () => requests,
    get state() {
      return connection.state
    },
    close: () => connection.close(),
  }
}
