import { MalformedBodyError } from '../error.ts'

/** The number of values that a body may have. A list of 100,000 rows with twenty members each has as many. */
export const maxValues = 2_000_000
/** No vendor's rows have more than ten levels. */
const maxDepth = 100
const quote = 0x22
const backslash = 0x5c

/** A list that is the body, or a member of it, and is long enough to be parsed in parts. */
export interface LongList {
  /** The index of its first bracket. */
  readonly start: number
  /** The index of its last bracket; -1 when there is none. */
  end: number
  /** The indexes of the commas between its parts. */
  readonly cuts: number[]
}

/**
 * Checks a JSON text before it is parsed. `{},` is three bytes in a body and about sixty in memory, so that a limit on bytes
 * alone does not protect the memory; a deep value overflows the stack of whatever walks through it later. Strings are skipped.
 * @param partLength the length of the parts of a long list
 * @returns the first list with more than one part; null when there is none
 * @throws MalformedBodyError with the limit that is exceeded
 */
export function checkJsonStructure(text: string, partLength = Number.POSITIVE_INFINITY): LongList | null {
  let depth = 0
  let values = 0
  let nextCut = Math.min(text.length, partLength)
  /** Where the list at the first and at the second level begins; -1 when an object is there. */
  const starts = [-1, -1, -1]
  let list: LongList | null = null
  let listDepth = 0
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case quote:
        index = endOfString(text, index + 1)
        break
      case 0x7b: // {
        values += 1
        depth += 1
        if (depth <= 2) starts[depth] = -1
        if (depth > maxDepth) throw new MalformedBodyError(`the body has more than ${maxDepth} levels`)
        break
      case 0x5b: // [
        values += 1
        depth += 1
        if (depth <= 2) starts[depth] = depth === 1 || starts[1] === -1 ? index : -1
        if (depth > maxDepth) throw new MalformedBodyError(`the body has more than ${maxDepth} levels`)
        break
      case 0x7d: // }
        depth -= 1
        break
      case 0x5d: // ]
        if (depth === listDepth && list?.end === -1) list.end = index
        depth -= 1
        break
      case 0x2c: // ,
        values += 1
        if (depth > 2 || index < nextCut) break
        if (!list && (starts[depth] ?? -1) >= 0) {
          list = { start: starts[depth] as number, end: -1, cuts: [] }
          listDepth = depth
        }
        if (list?.end === -1 && depth === listDepth) {
          list.cuts.push(index)
          nextCut = index + partLength
        }
        break
      case 0x3a: // :
        values += 1
        break
      default:
    }
    if (values > maxValues) throw new MalformedBodyError(`the body has more than ${maxValues} values`)
  }
  return list
}

/** The index of the quote that ends a string. A string without an end reaches to the end of the text. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from)
  while (end >= 0 && isEscaped(text, end, from)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

function isEscaped(text: string, index: number, from: number): boolean {
  let start = index
  while (start > from && text.charCodeAt(start - 1) === backslash) start -= 1
  return (index - start) % 2 === 1
}
