import { randomUUID } from 'node:crypto'
import { isObject } from '../../is-object.ts'
import type { TimeSlice } from '../../time-slice.ts'
import { checkJsonStructure, type LongList } from './json-structure.ts'
import type { VendorApi } from './vendor-api.ts'

/** What is in the place of a long list while the rest of the body is parsed. No vendor can write it. */
const mark = randomUUID()

/** JSON.parse takes about ten milliseconds for this many characters. Parts are copied, so that shorter bodies have none. */
const partLength = 2_097_152
/** An exact parser takes 25 times as long, where it is needed. */
const exactPartLength = 131_072

type Parser = Pick<VendorApi, 'parseJson'>

/**
 * Parses the body of a response. A long list is parsed in parts, in slices: a body of 32 MiB would otherwise hold up everything
 * else, most of all when it has to be parsed exactly.
 * @throws when it is no JSON, or has more values or levels than are parsed
 */
export async function parseBody(api: Parser, text: string, timeSlice: TimeSlice): Promise<unknown> {
  await timeSlice.begin()
  const list = checkJsonStructure(text, api.parseJson === JSON.parse ? partLength : exactPartLength)
  if (list && list.end > 0) return parseInParts(api, text, list, timeSlice)
  if (timeSlice.isOver()) await timeSlice.next()
  return api.parseJson(text)
}

/** The text is JSON when each of its parts is, and the rest of it with another list. */
async function parseInParts(
  { parseJson }: Parser,
  text: string,
  { start, end, cuts }: LongList,
  timeSlice: TimeSlice,
): Promise<unknown> {
  const body = parseJson(`${text.slice(0, start)}["${mark}"]${text.slice(end + 1)}`)
  const rows: unknown[] = []
  let from = start + 1
  for (const to of [...cuts, end]) {
    if (timeSlice.isOver()) await timeSlice.next()
    const part = parseJson(`[${text.slice(from, to)}]`)
    if (!Array.isArray(part) || part.length === 0) throw new SyntaxError('a value is missing between two commas')
    for (const row of part) rows.push(row)
    from = to + 1
  }
  return withList(body, rows)
}

/** The body with the list where the mark is. Of two members with the same name, JSON.parse takes the last one. */
function withList(body: unknown, rows: readonly unknown[]): unknown {
  if (isMark(body)) return rows
  if (isObject(body)) {
    const name = Object.keys(body).find((each) => isMark(body[each]))
    if (name !== undefined) return { ...body, [name]: rows }
  }
  return body
}

function isMark(value: unknown): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === mark
}
