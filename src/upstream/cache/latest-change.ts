import { setMaxListeners } from 'node:events'
import { untilAbortedOr, untilTimeoutOr } from '../call/timeout.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import type { ChangeLog } from './change-log.ts'

/** How long an operation with a reading to serve waits for Redis, in milliseconds. */
const maxWait = 100
/** The signals of operations that have waited for Redis in vain. They do not wait again, for whichever reading. */
const lateFor = new WeakSet<AbortSignal>()
const neverAborted = new AbortController().signal
// Many answers may wait for Redis at the same time.
setMaxListeners(0, neverAborted)

/**
 * Looks up the last change through an API client. An operation with a reading to serve does not wait long for Redis; where
 * changes are disabled, it does not wait at all. Redis may hang for longer than the operation may take.
 */
export class LatestChange {
  readonly #upstream: Pick<UpstreamDependencies, 'clock' | 'writes'>

  constructor(upstream: Pick<UpstreamDependencies, 'clock' | 'writes'>) {
    this.#upstream = upstream
  }

  /**
   * The last change that an operation takes into account.
   * @param isServed whether the operation has a reading to serve after this change
   */
  async of(
    changes: ChangeLog | undefined,
    signal: AbortSignal,
    isServed: (change: string | null) => boolean,
  ): Promise<string | null> {
    if (!changes) return null
    const { clock, writes } = this.#upstream
    const latestKnown = () => changes.latestKnown
    const hasReading = isServed(latestKnown())
    if (hasReading && (!writes || lateFor.has(signal))) {
      changes.follow()
      return latestKnown()
    }
    const latest = changes.latest()
    if (!(latest instanceof Promise)) return latest
    if (!hasReading) return untilAbortedOr(latest, signal, latestKnown)
    return untilTimeoutOr(latest, { clock, milliseconds: maxWait, signal }, () => {
      lateFor.add(signal)
      return latestKnown()
    })
  }

  /** The last change, for an answer that is given again. */
  forAnswer(changes: ChangeLog): string | null | Promise<string | null> {
    const { clock, writes } = this.#upstream
    if (!writes) {
      changes.follow()
      return changes.latestKnown
    }
    const latest = changes.latest()
    if (!(latest instanceof Promise)) return latest
    const limit = { clock, milliseconds: maxWait, signal: neverAborted }
    return untilTimeoutOr(latest, limit, () => changes.latestKnown)
  }
}
