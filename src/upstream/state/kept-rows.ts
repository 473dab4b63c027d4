import { randomBytes } from 'node:crypto'
import { stringify } from 'lossless-json'
import { responseTime } from '../../response-time.ts'
import type { StateReader } from '../../state/state-store.ts'
import { parseJson } from '../exact-json.ts'
import { type KeptHead, rowsKey } from './kept-reading.ts'

/** Characters of one text of rows. To parse it takes about a millisecond. */
const textLength = 65_536

/** The name of new texts. It begins with the wall-clock time at which they were made. */
export function newRowsId(now: number): string {
  return `${Math.floor(now).toString(36)}.${randomBytes(12).toString('base64url')}`
}

/** When texts with this name were made, as wall-clock time. */
export function timeOfRows(rowsId: string): number {
  return Number.parseInt(rowsId, 36)
}

/** Makes texts of rows, with only these fields, in slices. */
export async function* serializeRows(rows: readonly unknown[], fields: readonly string[]): AsyncGenerator<string> {
  const names = [...fields]
  let open: string[] = []
  let length = 0
  for (const row of rows) {
    if (responseTime.isOver()) await responseTime.next()
    const text = stringify(row, names) ?? 'null'
    open.push(text)
    length += text.length
    if (length < textLength) continue
    yield `[${open.join(',')}]`
    open = []
    length = 0
  }
  if (open.length > 0) yield `[${open.join(',')}]`
}

/** Reads rows in slices. Null when one of their texts is missing or damaged. */
export async function readRows(
  state: StateReader,
  { rowsId, texts }: Pick<KeptHead, 'rowsId' | 'texts'>,
): Promise<unknown[] | null> {
  const rows: unknown[] = []
  for (let index = 0; index < texts; index += 1) {
    if (responseTime.isOver()) await responseTime.next()
    const parsed = parseRows(state.get(rowsKey(rowsId, index)))
    if (!parsed) return null
    for (const row of parsed) rows.push(row)
  }
  return rows
}

function parseRows(text: string | null): readonly unknown[] | null {
  if (text === null) return null
  try {
    const rows = parseJson(text)
    return Array.isArray(rows) ? rows : null
  } catch {
    return null
  }
}
