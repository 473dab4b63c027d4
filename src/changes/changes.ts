import ms from 'ms'
import type { Logger } from 'pino'
import { responseTime } from '../response-time.ts'
import type { Clock } from '../upstream/clock.ts'
import type { HistoryStore } from '../upstream/history-store.ts'
import { History } from './history.ts'
import type { HistoryLimits } from './old-changes.ts'
import { ChangeRecorder } from './recorder.ts'

/** The history of changes of a process. */
export interface Changes {
  readonly history: History
  readonly recorder: ChangeRecorder
  /** How long changes are kept, in milliseconds. A configuration that is read again may set it. */
  maxAge: number
}

/** How long changes are kept unless the configuration says otherwise. */
const defaultMaxAge = ms('400d')
const most = { maxChanges: 1_000_000, maxBytes: 512 * 2 ** 20 }
/** The part of a store with a limit that the texts may take. On disk, a text takes about twice its size. */
const share = 0.25
/** About 30 MB of the heap. */
const mostInMemory = { maxChanges: 100_000, maxBytes: 32 * 2 ** 20 }

export function createChanges(
  store: HistoryStore,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Changes {
  const settings = { maxAge: defaultMaxAge }
  const history = new History(store, {
    clock,
    timeSlice: responseTime,
    limits: () => ({ maxAge: settings.maxAge, ...mostOf(store) }),
  })
  return Object.assign(settings, {
    history,
    recorder: new ChangeRecorder(history, { clock, log, timeSlice: responseTime }),
  })
}

function mostOf({ isKept, usage }: HistoryStore): Pick<HistoryLimits, 'maxChanges' | 'maxBytes'> {
  if (!isKept) return mostInMemory
  return usage ? { ...most, maxBytes: Math.min(most.maxBytes, share * usage.maxBytes) } : most
}
