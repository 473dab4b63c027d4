import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Replicas } from '../replicas.ts'
import { Connection } from './connection.ts'
import { keysOf } from './keys.ts'
import { SharedChanges } from './shared-changes.ts'
import { SharedLedger } from './shared-ledger.ts'
import { RedisReadings } from './shared-readings.ts'

/** One of several replicas that share budgets and readings through Redis or Valkey. */
export function createRedisReplica(
  { url, replicas }: { readonly url: string; readonly replicas: number },
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Replicas {
  const connection = new Connection(url, clock, log)
  return {
    count: replicas,
    readings: new RedisReadings(clock, log, connection),
    ledger: (identity, limits) => new SharedLedger(clock, { connection, replicas }, keysOf(identity), limits),
    changes: (identity, keep) => new SharedChanges(connection, keysOf(identity), keep),
    get state() {
      return connection.state
    },
    close: () => connection.close(),
  }
}
