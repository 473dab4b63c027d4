import type { Clock } from '../clock.ts'
import { leaseTtl, noteTtl } from '../lease-times.ts'
import { ProcessLeases } from '../process-leases.ts'
import { type LeaseRecord, RecordedLease } from '../recorded-lease.ts'
import type { SharedLease } from '../shared-lease.ts'
import type { RedisConnection } from './connection.ts'
import type { Keyring, LeaseKeys } from './keys.ts'
import { holdToken, readNote, releaseToken, setNote } from './token-scripts.ts'

/** Creates the leases that replicas share through Redis. */
export function createRedisLeases(
  clock: Clock,
  connection: RedisConnection,
  keyring: Keyring,
): (name: string) => SharedLease {
  const ofProcess = new ProcessLeases()
  return (name) => new RecordedLease(clock, ofProcess.get(name), createLeaseRecord(connection, keyring.leaseKeys(name)))
}

function createLeaseRecord(connection: RedisConnection, { holder, note }: LeaseKeys): LeaseRecord {
  const hold = async (token: string) => {
    if (!(await connection.isShared())) return undefined
    const isMine = await connection.run(holdToken, [holder], [token, leaseTtl])
    return isMine === undefined ? undefined : isMine === 1
  }
  return {
    lossReason: 'Redis is not available',
    acquire: hold,
    renew: hold,
    release: (token) => connection.run(releaseToken, [holder], [token]),
    async readNote() {
      if (!(await connection.isShared())) return undefined
      const text = await connection.run(readNote, [note])
      if (text === undefined) return undefined
      return typeof text === 'string' && text !== '' ? text : null
    },
    async setNote(token, text) {
      if (!(await connection.isShared())) return undefined
      const isMine = await connection.run(setNote, [holder, note], [token, leaseTtl, text ?? '', noteTtl])
      return isMine === undefined ? undefined : isMine === 1
    },
  }
}
