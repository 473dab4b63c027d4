import { z } from 'zod'
import type { KeptRoot } from '../../state/kept-kinds.ts'
import type { StateKey, StateReader, StateWriter } from '../../state/state-store.ts'
import { type Clock, maxSkew } from '../clock.ts'

const headKind = 'reading' satisfies KeptRoot
const rowsKind = 'reading rows' satisfies KeptRoot

const time = z.int().min(0)
const head = z.object({
  version: z.literal(1),
  /** Names the texts of the rows. */
  rowsId: z.string(),
  /** The number of these texts. */
  texts: z.int().min(0),
  /** The bytes of these texts together. */
  length: z.int().min(0),
  /** The digest of these texts. */
  hash: z.string(),
  asOf: time,
  readAt: time,
  missing: z.int().min(0),
  bytes: z.int().min(0),
  change: z.string().nullable(),
  expiresAt: time,
})

/** What is kept of a reading besides its rows. Times are wall-clock times. */
export type KeptHead = z.infer<typeof head>

/** Texts of rows. */
type KeptTexts = Pick<KeptHead, 'rowsId' | 'texts'>

/** A version that does not know this one finds nothing, and the other way round. */
export const headVersion = 1

export const headKeys: StateKey = [headKind]
const headKey = (digest: string): StateKey => [headKind, digest]
export const rowsKeys: StateKey = [rowsKind]
export const rowsKey = (rowsId: string, index: number): StateKey => [rowsKind, rowsId, index]

/** What is kept of the reading with this digest. Null when there is none, or another version has written it. */
export function getHead(state: StateReader, digest: string): KeptHead | null {
  return parseHead(state.get(headKey(digest)))
}

export function parseHead(text: string | null): KeptHead | null {
  if (text === null) return null
  try {
    return head.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/**
 * Replaces a reading, unless another process has kept a newer one. Rows that are the same as before are not written again.
 * @param rows the last texts of the rows: those before are kept already
 */
export function putReading(
  writer: StateWriter,
  digest: string,
  { head, rows, now }: { readonly head: KeptHead; readonly rows: readonly string[]; readonly now: number },
): void {
  const from = head.texts - rows.length
  const known = getHead(writer, digest)
  if (known && known.asOf > head.asOf && !isFromFuture(known, now)) {
    removeRows(writer, { rowsId: head.rowsId, texts: from })
  } else if (known?.hash === head.hash && hasRows(writer, known)) {
    removeRows(writer, { rowsId: head.rowsId, texts: from })
    writer.put(headKey(digest), JSON.stringify({ ...head, rowsId: known.rowsId, texts: known.texts }))
  } else {
    for (const [index, text] of rows.entries()) writer.put(rowsKey(head.rowsId, from + index), text)
    writer.put(headKey(digest), JSON.stringify(head))
    if (known) removeRows(writer, known)
  }
}

/** Removes a reading and its rows. */
export function removeReading(writer: StateWriter, digest: string): void {
  const head = getHead(writer, digest)
  writer.remove(headKey(digest))
  if (head) removeRows(writer, head)
}

/** Whether the texts of rows are there: a store that was damaged may have lost some. */
function hasRows(state: StateReader, { rowsId, texts }: KeptTexts): boolean {
  return texts === 0 || state.get(rowsKey(rowsId, texts - 1)) !== null
}

export function removeRows(writer: StateWriter, { rowsId, texts }: KeptTexts): void {
  for (let index = 0; index < texts; index += 1) writer.remove(rowsKey(rowsId, index))
}

/** Whether the wall clock was set back since: how old the reading is, is not known. */
export function isFromFuture({ readAt }: Pick<KeptHead, 'readAt'>, now: ReturnType<Clock['now']>): boolean {
  return readAt > now + maxSkew
}
