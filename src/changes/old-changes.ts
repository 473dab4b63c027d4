import type { TimeSlice } from '../time-slice.ts'
import { maxSkew } from '../upstream/clock.ts'
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

/** When there are too many changes, a few more are removed, so that it is not done for each one. */
const spare = 0.99

/** What is removed, beginning with the first change. */
interface Removal {
  readonly through: number
  /** By place, the time of the last change that is removed. */
  readonly removedAt: ReadonlyMap<string, number>
}

/** Removes the changes that are too old or too many, the oldest first. */
export async function removeOldChanges(
  known: KnownHistory,
  { limits, now, timeSlice }: { readonly limits: HistoryLimits; readonly now: number; readonly timeSlice: TimeSlice },
): Promise<void> {
  const removal = await findOldChanges(known, limits, now, timeSlice)
  if (!removal) return
  await known.store.remove(removal.through, removal.removedAt)
  await known.update()
}

async function findOldChanges(
  { store, index, bounds }: KnownHistory,
  { maxAge, maxChanges, maxBytes }: HistoryLimits,
  now: number,
  timeSlice: TimeSlice,
): Promise<Removal | null> {
  if (!bounds) return null
  /** The time of the oldest change that is kept. */
  const oldest = now - maxAge
  const isFull = index.length > maxChanges || bounds.bytes > maxBytes
  if (!isFull && (index.oldestAt ?? oldest) >= oldest) return null
  let count = index.length > maxChanges ? index.length - Math.floor(spare * maxChanges) : 0
  let bytes = bounds.bytes > maxBytes ? bounds.bytes - spare * maxBytes : 0
  const removedAt = new Map<string, number>()
  const setRemoved = (place: string, at: number) => removedAt.set(place, Math.max(at, removedAt.get(place) ?? at))
  /** The places of changes from the future. Their age is not known: they are removed with an old one that follows. */
  const ofFuture = new Set<string>()
  let through = bounds.first - 1
  let position = through
  search: for (;;) {
    const found = await store.changes(position + 1, batch)
    if (!found) return null
    for (const { sequence, text } of found) {
      const change = parseIndexedChange(text)
      position = sequence
      if (change && change.at >= oldest && count <= 0 && bytes <= 0) {
        if (change.at <= now + maxSkew) break search
        ofFuture.add(change.historyKey)
        continue
      }
      through = sequence
      count -= 1
      bytes -= text.length
      const at = Math.min(change?.at ?? oldest, now)
      for (const place of ofFuture) setRemoved(place, at)
      ofFuture.clear()
      if (change) setRemoved(change.historyKey, at)
    }
    if (found.length === 0) break
    if (timeSlice.isOver()) await timeSlice.next()
  }
  return through < bounds.first ? null : { through, removedAt }
}
