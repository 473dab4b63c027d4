import { MalformedBodyError } from '../error.ts'

/** The number of values that a body may have. A list of 100,000 rows with twenty members each has as many. */
export const maxValues = 2_000_000
/** No vendor's rows have more than ten levels. */
const maxDepth = 100

const quote = 0x22
const backslash = 0x5c

/**
 * Checks a JSON text before it is parsed. `{},` is three bytes in a body and about sixty in memory, so that a limit on bytes
 * alone does not protect the memory; a deep value overflows the stack of whatever walks through it later. Strings are skipped.
 * @throws MalformedBodyError with the limit that is exceeded
 */
export function checkJsonStructure(text: string): void {
  let depth = 0
  let values = 0
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case quote:
        index = endOfString(text, index + 1)
        break
      case 0x7b: // {
      case 0x5b: // [
        values += 1
        depth += 1
        if (depth > maxDepth) throw new MalformedBodyError(`the body has more than ${maxDepth} levels`)
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1
        break
      case 0x2c: // ,
      case 0x3a: // :
        values += 1
        break
      default:
    }
    if (values > maxValues) throw new MalformedBodyError(`the body has more than ${maxValues} values`)
  }
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
