import type { EventEmitter } from 'node:events'
import type { Clock } from './upstream/clock.ts'

/** What a terminal sends: Ctrl+C, Ctrl+Break on Windows, and its end. Node delivers SIGTERM on other systems only. */
const terminalSignals = ['SIGINT', 'SIGBREAK', 'SIGHUP'] as const

/** The terminal sends Ctrl+C to all its processes, and npm passes it on to this one as well. */
const repeatTime = 1_000

export interface StopSignals {
  /** Resolves with the name of the first signal. */
  readonly first: Promise<NodeJS.Signals>
  readonly received: boolean
  /** Aborts with the first signal of a terminal: its user does not want to wait. */
  readonly hurry: AbortSignal
}

/**
 * Handles the signals that stop the process. Further ones of a terminal within a second are ignored, and a later one
 * calls `exit`. SIGTERM is ignored while the process stops.
 * @param reload takes a SIGHUP. False when it comes from a terminal, which is closing
 */
export function watchStopSignals(
  source: EventEmitter,
  clock: Clock,
  exit: () => void,
  reload: () => boolean = () => false,
): StopSignals {
  const hurry = new AbortController()
  let hurriedAt: number | undefined
  let received = false

  const first = new Promise<NodeJS.Signals>((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      received = true
      resolve(signal)
    }
    source.on('SIGTERM', () => stop('SIGTERM'))
    for (const signal of terminalSignals) {
      source.on(signal, () => {
        if (signal === 'SIGHUP' && reload()) return
        if (hurriedAt !== undefined && clock.elapsed() - hurriedAt >= repeatTime) return exit()
        hurriedAt ??= clock.elapsed()
        stop(signal)
        hurry.abort()
      })
    }
  })
  return {
    first,
    get received() {
      return received
    },
    hurry: hurry.signal,
  }
}
