import type { Clock } from '../../upstream/clock.ts'
import { LeaseLostError, LeaseUnavailableError, type SetNote, type SharedLease } from '../../upstream/shared-lease.ts'
import { arrivalTime, LateChanges, type TakenAway } from './late-changes.ts'
import type { Progress } from './send.ts'

interface NoteReading {
  readonly lease: SharedLease | undefined
  /** Whether nothing must be decided without the note. */
  readonly isRequired: boolean
}

/** Reads what earlier changes may still take away. @throws LeaseUnavailableError */
export async function readLateChanges(
  clock: Pick<Clock, 'now'>,
  { lease, isRequired }: NoteReading,
): Promise<LateChanges> {
  try {
    return new LateChanges(clock, (await lease?.readNote()) ?? null)
  } catch (error) {
    if (isRequired || !(error instanceof LeaseUnavailableError)) throw error
    return new LateChanges(clock, null)
  }
}

interface NotedChange {
  readonly late: LateChanges
  readonly taken: TakenAway
  /** Milliseconds for which the change may arrive, from now on. */
  readonly lasts: number
  readonly setNote: SetNote
  readonly progress: Progress
}

/**
 * Sends a change that is noted before, so that a later guard counts it also when this process is killed or suspended. The
 * note is removed when it is certain that the change was made, or that it was not.
 * @throws LeaseLostError, LeaseUnavailableError, or what `send` throws
 */
export async function sendNoted<Result>(
  { late, taken, lasts, setNote, progress }: NotedChange,
  send: () => Promise<Result>,
): Promise<Result> {
  try {
    await setNote(late.noteWith(taken, lasts))
    const result = await send()
    late.settle(taken)
    await tryNote(setNote, late.note)
    return result
  } catch (error) {
    await tryNote(setNote, progress.inconclusive ? late.noteWith(taken, arrivalTime) : late.note)
    throw error
  }
}

/** Replaces the note, if that is possible: otherwise the one before counts for longer. */
export async function tryNote(setNote: SetNote, note: string | null): Promise<void> {
  try {
    await setNote(note)
  } catch (error) {
    if (!(error instanceof LeaseLostError || error instanceof LeaseUnavailableError)) throw error
  }
}
