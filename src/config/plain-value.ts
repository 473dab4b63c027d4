/** Text that is not in the plain form. */
export class NotPlain extends Error {}

/** How deep values may be nested. */
export const plainDepth = 32

const quoted = /"([^"\\]*)"|'([^']*)'/y
/** Text without quotes, with no character that means something to YAML where it stands. A reference may be part of it. */
const text = /(?:\$\{\w+\}|[A-Za-z0-9/]|[.~]\/)(?:[\w./@+()&=*,-]|\$\{\w+\}|:(?=[\w/$])| (?=[\w/(&-]))*/y
/** The same inside braces and brackets, in which a reference needs quotes. */
const textWithin = /(?:[A-Za-z0-9/]|[.~]\/)(?:[\w./@+()&=*-]|:(?=[\w/])| (?=[\w/(&-]))*/y
const keyWithin = /"([A-Za-z]\w{0,99})":|([A-Za-z]\w{0,99}): /y
const spaces = / */y
/** The end of the line, or a comment. */
const end = / *$| +#/y

const wholeNumber = /^(?:0|[1-9]\d{0,14})$/
/** Other numbers, and what is nearly one. */
const numberLike = /^(?:[\d.]+(?:[Ee][+-]?\d*)?|0[OXox].*)$/
const words: ReadonlyMap<string, unknown> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])
const word = /^(?:true|false|null)$/i

function toValue(written: string): unknown {
  if (wholeNumber.test(written)) return Number(written)
  if (words.has(written)) return words.get(written)
  if (numberLike.test(written) || word.test(written)) throw new NotPlain()
  return written
}

/** Reads the value that a line ends with, besides a comment. */
class PlainValue {
  readonly #line: string
  #at = 0

  constructor(line: string) {
    this.#line = line
  }

  read(): unknown {
    const value = this.#value(text, 0)
    this.#expect(end)
    return value
  }

  #value(pattern: RegExp, depth: number): unknown {
    if (depth > plainDepth) throw new NotPlain()
    if (this.#take('[')) return this.#list(depth + 1)
    if (this.#take('{')) return this.#mapping(depth + 1)
    this.#match(spaces)
    const inQuotes = this.#match(quoted)
    return inQuotes ? (inQuotes[1] ?? inQuotes[2]) : toValue(this.#expect(pattern)[0])
  }

  #list(depth: number): unknown {
    const list: unknown[] = []
    if (this.#take(']')) return list
    do list.push(this.#value(textWithin, depth))
    while (this.#take(','))
    if (!this.#take(']')) throw new NotPlain()
    return list
  }

  #mapping(depth: number): unknown {
    const mapping: Record<string, unknown> = {}
    if (this.#take('}')) return mapping
    do {
      this.#match(spaces)
      const [, inQuotes, bare = ''] = this.#expect(keyWithin)
      const key = inQuotes ?? bare
      if (Object.hasOwn(mapping, key)) throw new NotPlain()
      mapping[key] = this.#value(textWithin, depth)
    } while (this.#take(','))
    if (!this.#take('}')) throw new NotPlain()
    return mapping
  }

  /** Whether the character comes next, after spaces. */
  #take(character: string): boolean {
    let at = this.#at
    while (this.#line[at] === ' ') at += 1
    if (this.#line[at] !== character) return false
    this.#at = at + 1
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#line)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  #expect(pattern: RegExp): RegExpExecArray {
    const found = this.#match(pattern)
    if (!found) throw new NotPlain()
    return found
  }
}

/**
 * Reads a value in one line: a text, in quotes or without, a whole number, true, false, null, or a list or mapping of these
 * in brackets or braces.
 * @throws NotPlain for any other value
 */
export const readPlainValue = (line: string): unknown => new PlainValue(line).read()
