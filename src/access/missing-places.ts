import type { Logger } from 'pino'
import type { FeedConfig } from '../config/access.ts'
import type { NotifyEndpoint } from '../config/notify.ts'
import type { Caller, MissingPlaces, Operation } from '../operation.ts'
import { endlessTimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'

/** A list of places in the configuration, by the vendors' ids. */
interface CheckedList {
  /** The key or feed that has the list, by its name; absent for a list of a rule or an endpoint. */
  readonly caller?: { readonly key: string } | { readonly feed: string }
  readonly places: readonly string[]
  /** The warning for a place that is missing. */
  warn(place: string): string
  /** Which of these places do not exist, as far as is known. */
  missingOf(ids: Iterable<string>): MissingPlaces
}

interface PlaceCheck {
  readonly lists: readonly CheckedList[]
  /** Makes all discoveries. */
  discover(operation: Omit<Operation, 'placeIndex'>): Promise<unknown>
  readonly clock: Clock
  /** Milliseconds that the discoveries may take. */
  readonly deadline: number
  readonly log: Logger
}

export interface RunningPlaceCheck {
  /** How many places in the lists of keys and feeds exist nowhere; null while that is not known. A place counts once per list. */
  readonly missing: number | null
  /** Writes the warnings. To be called when a discovery has another result than before. */
  report(): void
  close(): void
}

/** The list of a key or a feed. */
export function checkedCaller(
  kind: 'key' | 'feed',
  { name, places }: Pick<FeedConfig, 'name' | 'places'>,
  { missingOf }: Pick<CheckedList, 'missingOf'>,
): CheckedList {
  const warn = (place: string) => `${place} in the list of the ${kind} ${name} is neither configured nor discovered`
  const caller = kind === 'key' ? { key: name } : { feed: name }
  return { caller, places: [...(places ?? [])], warn, missingOf }
}

/** The list of an endpoint of notifications. */
export function checkedEndpoint(
  { label, places }: Pick<NotifyEndpoint, 'label' | 'places'>,
  { missingOf }: Pick<CheckedList, 'missingOf'>,
): CheckedList {
  const warn = (place: string) =>
    `${place} in the places of the endpoint ${label} is neither configured nor discovered; nothing of it is sent`
  return { places: [...(places ?? [])], warn, missingOf }
}

const checker: Caller = { name: 'place check', permissions: new Set(), places: null, isIdentified: false }

/** Milliseconds after the start in which operations and prefetching may make the discoveries. */
const grace = 5_000

/**
 * Warns of listed places that exist nowhere: a key sees less than it should, and its answers would look like good news; a
 * rule never matches. The configuration alone shows it if no vendor lists places. Otherwise all discoveries must have succeeded.
 * Those that nothing else has made are made once, if a place depends on them.
 */
export function startPlaceCheck({ lists, discover, clock, deadline, log }: PlaceCheck): RunningPlaceCheck {
  const closed = new AbortController()
  const warned = new Set<string>()

  function missing(of = lists) {
    const entries = of.map((list) => ({ list, ...list.missingOf(new Set(list.places)) }))
    const isKnown = entries.every(({ ids, isCertain }) => isCertain || ids.length === 0)
    return { isKnown, places: entries.flatMap(({ list, ids }) => ids.map((place) => ({ list, place }))) }
  }

  function report(): void {
    const { isKnown, places } = missing()
    if (!isKnown) return
    const entries = new Map(places.map((each) => [each.list.warn(each.place), each]))
    // A place that is back may disappear again.
    for (const entry of warned) if (!entries.has(entry)) warned.delete(entry)
    for (const [entry, { list, place }] of entries) {
      if (warned.has(entry)) continue
      warned.add(entry)
      log.warn({ ...list.caller, place }, entry)
    }
  }

  async function check(): Promise<void> {
    report()
    if (missing().isKnown) return
    await clock.sleep(grace, closed.signal)
    if (missing().isKnown) return
    await discover({
      requestId: 'place check',
      caller: checker,
      now: clock.now(),
      deadline: clock.elapsed() + deadline,
      signal: closed.signal,
      timeSlice: endlessTimeSlice,
    })
  }

  // What cannot be discovered now is reported as soon as an operation discovers it.
  check().catch(() => {})
  return {
    report,
    get missing() {
      const { isKnown, places } = missing(lists.filter(({ caller }) => caller !== undefined))
      return isKnown ? places.length : null
    },
    close: () => closed.abort(),
  }
}
