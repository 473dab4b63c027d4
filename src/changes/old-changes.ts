import { missingRoom } from '../state/state-store.ts'
import type { TimeSlice } from '../time-slice.ts'
import { maxSkew } from '../upstream/clock.ts'
import type { HistoryBounds } from '../upstream/history-store.ts'
import { parseIndexedChange } from './change-text.ts'
import { batch, type KnownHistory } from './known-history.ts'

/** What is kept of the history. */
export interface HistoryLimits {
  /** Milliseconds. */
  readonly maxAge: number
  readonly maxChanges: number
  /** The size of the texts. */
  readonly maxBytes: number
}

interface RemovalOptions {
  readonly limits: HistoryLimits
  /** Wall-clock time. */
  readonly now: number
  readonly timeSlice: TimeSlice
  /** Bytes of the store that are needed for something else. */
  readonly needed?: number
}

/** When there are too many changes, a few more are removed, so that it is not done for each one. */
const spare = 0.99
/** The part of the limit of the texts that the changes keep, whatever else takes the room of the store. */
const minShare = 0.25

/** How far changes are removed: a change goes while one of these is exceeded. */
interface Target {
  /** Wall-clock time. */
  readonly now: number
  /** Wall-clock time: a change before it goes. */
  readonly oldest: number
  readonly maxChanges: number
  readonly maxBytes: number
}

/** Removes the changes that are too old or too many, the oldest first. Then those that a crowded store has no room for. */
export async function removeOldChanges(known: KnownHistory, options: RemovalOptions): Promise<void> {
  const { limits, now, needed = 0 } = options
  if (!known.bounds) return
  const count = countOf(known)
  const { bytes } = known.bounds
  await removeThrough(known, options.timeSlice, {
    now,
    oldest: now - limits.maxAge,
    maxChanges: count > limits.maxChanges ? Math.floor(spare * limits.maxChanges) : limits.maxChanges,
    maxBytes: bytes > limits.maxBytes ? spare * limits.maxBytes : limits.maxBytes,
  })
  // How much room a change takes on disk is seen when it is removed.
  for (let missing = missingIn(known, needed); missing > 0; ) {
    const left = Math.max(minShare * limits.maxBytes, known.bounds.bytes - Math.max(missing / 2, limits.maxBytes / 100))
    await removeThrough(known, options.timeSlice, {
      now,
      oldest: Number.NEGATIVE_INFINITY,
      maxChanges: limits.maxChanges,
      maxBytes: left,
    })
    const still = missingIn(known, needed)
    // A store that cannot be written gets no smaller.
    if (still >= missing) return
    missing = still
  }
}

const countOf = ({ bounds }: KnownHistory): number => (bounds ? bounds.last - bounds.first + 1 : 0)

/** Zero where the store has no limit of its own. */
const missingIn = ({ store: { usage } }: KnownHistory, needed: number): number =>
  usage ? missingRoom(usage) + needed : 0

/** Removes the oldest changes, some at a time. */
async function removeThrough(known: KnownHistory, timeSlice: TimeSlice, target: Target): Promise<void> {
  for (;;) {
    const { bounds, index } = known
    if (!bounds) return
    const excess = { count: countOf(known) - target.maxChanges, bytes: bounds.bytes - target.maxBytes }
    if (excess.count <= 0 && excess.bytes <= 0 && (index.oldestAt ?? target.oldest) >= target.oldest) return
    const removal = await findRemoval(known, bounds, target, excess)
    if (!removal) return
    await known.store.remove(removal.through, removal.removedAt)
    if (!(await known.update()) || (known.bounds?.first ?? 0) <= bounds.first) return
    if (timeSlice.isOver()) await timeSlice.next()
  }
}

/** What is removed at once, beginning with the first change. */
interface Removal {
  readonly through: number
  /** By place, the time of the last change that is removed. */
  readonly removedAt: ReadonlyMap<string, number>
}

/** Null when nothing is removed, or the changes cannot be read. */
async function findRemoval(
  { store }: KnownHistory,
  { first, last }: HistoryBounds,
  { oldest, now }: Target,
  excess: { readonly count: number; readonly bytes: number },
): Promise<Removal | null> {
  let { count, bytes } = excess
  const removedAt = new Map<string, number>()
  const setRemoved = (place: string, at: number) => removedAt.set(place, Math.max(at, removedAt.get(place) ?? at))
  /** The places of changes from the future. Their age is not known: they are removed with an old one that follows. */
  const ofFuture = new Set<string>()
  let through = first - 1
  for (let position = first; through < first; ) {
    const found = await store.changes(position, batch)
    if (!found) return null
    // The texts of the changes are lost.
    if (found.length === 0) return position === first ? { through: last, removedAt } : null
    for (const { sequence, text } of found) {
      const change = parseIndexedChange(text)
      position = sequence + 1
      if (change && change.at >= oldest && count <= 0 && bytes <= 0) {
        if (change.at <= now + maxSkew) return through < first ? null : { through, removedAt }
        ofFuture.add(change.historyKey)
        continue
      }
      through = sequence
      count -= 1
      bytes -= text.length
      const at = change && change.at <= now + maxSkew ? change.at : now
      for (const place of ofFuture) setRemoved(place, at)
      ofFuture.clear()
      if (change) setRemoved(change.historyKey, at)
    }
  }
  return { through, removedAt }
}
