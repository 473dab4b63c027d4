import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { leaseTtl, noteTtl } from '../lease-times.ts'
import { ProcessLeases } from '../process-leases.ts'
import { type LeaseRecord, RecordedLease } from '../recorded-lease.ts'
import type { SharedLease } from '../shared-lease.ts'
import type { RedisConnection } from './connection.ts'
import type { Keyring, LeaseKeys } from './keys.ts'
import { acquireToken, beginLease, readNote, releaseToken, renewToken, setNote } from './token-scripts.ts'

/** Milliseconds for which the epoch of a lease is kept after it was acquired. */
const epochTtl = 7 * 86_400_000

/** Creates the leases that replicas share through Redis. */
export function createRedisLeases(
  clock: Clock,
  connection: RedisConnection,
  keyring: Keyring,
): (name: string) => SharedLease {
  const ofProcess = new ProcessLeases()
  return (name) => new RecordedLease(clock, ofProcess.get(name), createLeaseRecord(connection, keyring.leaseKeys(name)))
}

/** Redis may lose the record of a holder while its call is sent. The others wait until it has had the time to renew it. */
function createLeaseRecord(connection: RedisConnection, { holder, note, epoch }: LeaseKeys): LeaseRecord {
  let known = ''
  const begin = async () => {
    if (!(await connection.isShared())) return
    const found = await connection.run(beginLease, [epoch], [randomUUID(), epochTtl])
    if (known === '' && Array.isArray(found)) known = String(found[0])
  }
  const begun = begin()
  return {
    lossReason: 'Redis is not available',
    async acquire(token) {
      await begun
      if (!(await connection.isShared())) return undefined
      const args = [token, leaseTtl, known, randomUUID(), epochTtl]
      const found = await connection.run(acquireToken, [holder, epoch], args)
      if (!Array.isArray(found)) return undefined
      known = String(found[1])
      return found[0] === 1
    },
    async renew(token, noted) {
      if (!(await connection.isShared())) return undefined
      const isMine = await connection.run(renewToken, [holder, note], [token, leaseTtl, noted ?? '', noteTtl])
      return isMine === undefined ? undefined : isMine === 1
    },
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
