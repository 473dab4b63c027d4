import type { Clock } from '../clock.ts'
import { ProcessLeases } from '../process-leases.ts'
import { type LeaseRecord, leaseTtl, RecordedLease } from '../recorded-lease.ts'
import type { SharedLease } from '../shared-lease.ts'
import type { RedisConnection } from './connection.ts'
import type { Keyring } from './keys.ts'
import { holdToken, releaseToken } from './token-scripts.ts'

/** Creates the leases that replicas share through Redis. */
export function createRedisLeases(
  clock: Clock,
  connection: RedisConnection,
  keyring: Keyring,
): (name: string) => SharedLease {
  const ofProcess = new ProcessLeases()
  return (name) => new RecordedLease(clock, ofProcess.get(name), createLeaseRecord(connection, keyring.leaseKey(name)))
}

function createLeaseRecord(connection: RedisConnection, key: string): LeaseRecord {
  const hold = async (token: string) => {
    if (!(await connection.isShared())) return undefined
    const isMine = await connection.run(holdToken, [key], [token, leaseTtl])
    return isMine === undefined ? undefined : isMine === 1
  }
  return { acquire: hold, renew: hold, release: (token) => connection.run(releaseToken, [key], [token]) }
}
