import { createHash } from 'node:crypto'
import type { KeptRoot } from '../state/kept-kinds.ts'
import type { StateKey, StateStore } from '../state/state-store.ts'
import type { Clock } from './clock.ts'
import { leaseTtl } from './lease-times.ts'
import { ProcessLeases } from './process-leases.ts'
import { type LeaseRecord, RecordedLease } from './recorded-lease.ts'
import type { SharedLease } from './shared-lease.ts'

/**
 * Creates the leases of the processes of one machine that have the same state. A process whose state is in its memory shares
 * them with no other one.
 */
export function createStateLeases(state: StateStore, clock: Clock): (name: string) => SharedLease {
  const ofProcess = new ProcessLeases()
  return (name) => {
    const own = ofProcess.get(name)
    const recorded = new RecordedLease(clock, own, createLeaseRecord(state, clock, name))
    const current = () => (state.isKept ? recorded : own)
    return {
      run: (signal, work, options) => current().run(signal, work, options),
      tryRun: (work) => current().tryRun(work),
      readNote: () => current().readNote(),
    }
  }
}

const leaseRoot = 'lease' satisfies KeptRoot
const noteRoot = 'lease note' satisfies KeptRoot

/** The wall-clock time counts: it is the same for all processes of the machine. */
function createLeaseRecord(state: StateStore, clock: Pick<Clock, 'now'>, name: string): LeaseRecord {
  const digest = createHash('sha256').update(name).digest('base64url')
  const key: StateKey = [leaseRoot, digest]
  const noteKey: StateKey = [noteRoot, digest]

  /** Whether another process has the lease. One that lasts longer than any lease was recorded before the clock was set back. */
  function isHeldByAnother(text: string | null, token: string): boolean {
    const [holder, until] = text?.split(' ') ?? []
    const left = Number(until) - clock.now()
    return holder !== undefined && holder !== token && left > 0 && left <= leaseTtl
  }

  const acquire = async (token: string) => {
    // To wait for the lease writes nothing.
    if (isHeldByAnother(state.get(key), token)) return false
    return state.transaction((writer) => {
      if (isHeldByAnother(writer.get(key), token)) return false
      writer.put(key, `${token} ${clock.now() + leaseTtl}`)
      return true
    })
  }
  return {
    lossReason: 'the state cannot be written',
    acquire,
    renew: acquire,
    release: (token) =>
      state.transaction((writer) => {
        if (writer.get(key)?.startsWith(`${token} `)) writer.remove(key)
      }),
    readNote: async () => state.get(noteKey),
    setNote: (token, text) =>
      state.transaction((writer) => {
        if (isHeldByAnother(writer.get(key), token)) return false
        if (text === null) writer.remove(noteKey)
        else writer.put(noteKey, text)
        return true
      }),
  }
}
