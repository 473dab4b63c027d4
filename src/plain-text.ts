/** A text in which escape sequences are replaced by their characters, without whitespace. */
export interface PlainText {
  readonly text: string
  /** The range of the original text that a range of this text comes from. */
  rangeOf(start: number, end: number): { readonly start: number; readonly end: number }
}

/**
 * Whitespace, and the escape sequences of JSON and other string literals, URLs, XML and HTML, also when they were escaped
 * twice. A backslash before any other character is left out.
 */
const separator =
  /[\s\u00ad\u200b-\u200d\u2060]+|\\+(?:[nrt]|u([\da-f]{4})|x([\da-f]{2}))?|%(?:25)*([\da-f]{2})|&#(?:x([\da-f]{1,4})|(\d{1,5}));?/gi

/** A part of the original text that is in the plain text, as it is or as one character. */
interface Part {
  /** Where it begins in the plain text. */
  readonly at: number
  /** Where it begins in the original text. */
  readonly from: number
  /** The length of an escape sequence. It is 1 for other text, which is kept character by character. */
  readonly width: number
}

/** Replaces escape sequences and removes whitespace, so that a key is found however it was pasted. Takes linear time. */
export function toPlainText(original: string): PlainText {
  const parts: Part[] = []
  const texts: string[] = []
  let length = 0
  let from = 0
  const add = (text: string, part: Omit<Part, 'at'>) => {
    if (text === '') return
    parts.push({ at: length, ...part })
    texts.push(text)
    length += text.length
  }
  for (const match of original.matchAll(separator)) {
    add(original.slice(from, match.index), { from, width: 1 })
    add(characterOf(match), { from: match.index, width: match[0].length })
    from = match.index + match[0].length
  }
  add(original.slice(from), { from, width: 1 })
  const placeOf = (index: number) => {
    const { at, from: start, width } = partAt(parts, index)
    return { start: start + index - at, width }
  }
  return {
    text: texts.join(''),
    rangeOf(start, end) {
      const last = placeOf(end - 1)
      return { start: placeOf(start).start, end: last.start + last.width }
    },
  }
}

function characterOf([, unicode, byte, percent, hex, decimal]: readonly (string | undefined)[]): string {
  const digits = unicode ?? byte ?? percent ?? hex
  const code = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16)
  return Number.isNaN(code) ? '' : String.fromCharCode(code).trim()
}

/** The last part that begins at or before an index. */
function partAt(parts: readonly Part[], index: number): Part {
  let [low, high] = [0, parts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((parts[middle]?.at ?? 0) <= index) low = middle
    else high = middle - 1
  }
  return parts[low] ?? { at: 0, from: 0, width: 1 }
}
