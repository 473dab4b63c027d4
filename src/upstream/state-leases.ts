import { createHash } from 'node:crypto'
import type { KeptRoot } from '../state/kept-kinds.ts'
import type { StateKey, StateStore, StateWriter } from '../state/state-store.ts'
import type { Clock } from './clock.ts'
import { leaseTtl } from './lease-times.ts'
import { ProcessLeases } from './process-leases.ts'
import { type LeaseRecord, RecordedLease } from './recorded-lease.ts'
import type { SharedLease } from './shared-lease.ts'

/**
 * Creates the leases of the processes of one machine that have the same state. While the disk cannot be written, a process
 * gets a lease only if no other one has the state open.
 */
export function createStateLeases(state: StateStore, clock: Clock): (name: string) => SharedLease {
  const ofProcess = new ProcessLeases()
  return (name) => {
    const own = ofProcess.get(name)
    // The state is in memory alone.
    if (!state.isKept && !state.problem) return own
    const recorded = new RecordedLease(clock, own, createLeaseRecord(state, clock, name))
    return {
      run: (signal, work, options) => recorded.run(signal, work, options),
      // Work that is only tried can be repeated later. On a full disk, each process does it, so that at least one does.
      tryRun: (work) => (state.keepsSmallKinds ? recorded : own).tryRun(work),
      readNote: () => recorded.readNote(),
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

  /** Undefined when other processes cannot see what was written. */
  async function write(run: (writer: StateWriter) => boolean): Promise<boolean | undefined> {
    const isMine = await state.transaction(run)
    return state.keepsSmallKinds || !state.hasOtherProcesses() ? isMine : undefined
  }

  const release = (token: string) =>
    state.transaction((writer) => {
      if (writer.get(key)?.startsWith(`${token} `)) writer.remove(key)
    })

  const hold = async (token: string) => {
    // To wait for the lease writes nothing.
    if (isHeldByAnother(state.get(key), token)) return false
    return write((writer) => {
      if (isHeldByAnother(writer.get(key), token)) return false
      writer.put(key, `${token} ${clock.now() + leaseTtl}`)
      return true
    })
  }
  return {
    lossReason: 'the state cannot be written',
    async acquire(token) {
      const isMine = await hold(token)
      // What is in memory would be written later.
      if (isMine === undefined) await release(token)
      return isMine
    },
    renew: hold,
    release,
    readNote: async () => state.get(noteKey),
    setNote: (token, text) =>
      write((writer) => {
        if (isHeldByAnother(writer.get(key), token)) return false
        if (text === null) writer.remove(noteKey)
        else writer.put(noteKey, text)
        return true
      }),
  }
}
