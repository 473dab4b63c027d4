import { responseTime } from '../../response-time.ts'
import type { StateKey, StateStore, StateWriter } from '../../state/state-store.ts'
import { eachEntry } from './each-entry.ts'
import { headKeys, type KeptHead, parseHead, removeRows, rowsKeys } from './kept-reading.ts'
import { timeOfRows } from './kept-rows.ts'

/** Milliseconds for which texts of rows may be without a head: the process that writes them may not have written it yet. */
const maxWriteTime = 3_600_000

/** Removes readings that are too old to be served, also those of places that are not configured any more. In slices. */
export async function removeOldReadings(state: StateStore, now: number): Promise<void> {
  const used = new Set<string>()
  for await (const [key, text] of eachEntry(state, headKeys)) {
    const head = parseHead(text)
    const kept = head && head.expiresAt > now ? head : await state.transaction((writer) => remove(writer, key, text))
    if (kept) used.add(kept.rowsId)
  }
  await removeUnusedRows(state, used, now)
}

/** Removes a reading, unless it was replaced: then returns the one that is there. */
function remove(writer: StateWriter, key: StateKey, text: string): KeptHead | null {
  const present = writer.get(key)
  if (present !== text) return parseHead(present)
  const head = parseHead(text)
  writer.remove(key)
  if (head) removeRows(writer, head)
  return null
}

/** Removes texts that no head names: their process was killed before it wrote one. */
async function removeUnusedRows(state: StateStore, used: ReadonlySet<string>, now: number): Promise<void> {
  let after: StateKey | undefined
  for (;;) {
    await responseTime.begin()
    // The texts of one reading follow each other: one look for each reading.
    const [entry] = state.range(rowsKeys, { limit: 1, ...(after && { after }) })
    if (!entry) return
    const [[kind, rowsId]] = entry
    if (kind === undefined || rowsId === undefined) return
    after = [kind, rowsId, Number.MAX_SAFE_INTEGER]
    const isRecent = Math.abs(now - timeOfRows(String(rowsId))) < maxWriteTime
    if (used.has(String(rowsId)) || isRecent) continue
    await state.transaction((writer) => {
      for (const [key] of [...writer.range([kind, rowsId])]) writer.remove(key)
    })
  }
}
