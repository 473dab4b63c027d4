import { NotPlain, plainDepth, readPlainValue } from './plain-value.ts'

interface SettingLine {
  /** The column of its text. */
  readonly indent: number
  readonly text: string
}

const keyPattern = /^([A-Za-z]\w{0,99}):(?: +|$)/
const dash = /^- +/
/** A control character other than the end of a line. */
const control = /(?!\n)\p{Cc}/u

function toLines(text: string): SettingLine[] {
  if (control.test(text)) throw new NotPlain()
  return text.split('\n').flatMap((line) => {
    const content = line.replace(/^ +/, '')
    return content === '' || content.startsWith('#') ? [] : [{ indent: line.length - content.length, text: content }]
  })
}

/** Reads the mappings and lists that lines make by their columns. */
class PlainSettings {
  readonly #lines: SettingLine[]
  #at = 0

  constructor(lines: SettingLine[]) {
    this.#lines = lines
  }

  read(): unknown {
    if (!this.#line) throw new NotPlain()
    const settings = this.#block(0)
    if (this.#at < this.#lines.length) throw new NotPlain()
    return settings
  }

  get #line(): SettingLine | undefined {
    return this.#lines[this.#at]
  }

  #block(depth: number): unknown {
    if (depth > plainDepth) throw new NotPlain()
    return this.#line && dash.test(this.#line.text) ? this.#list(depth) : this.#mapping(depth)
  }

  #list(depth: number): unknown {
    const indent = this.#line?.indent ?? 0
    const list: unknown[] = []
    for (let line = this.#line; line?.indent === indent && dash.test(line.text); line = this.#line) {
      const text = line.text.replace(dash, '')
      if (keyPattern.test(text)) {
        this.#lines[this.#at] = { indent: indent + line.text.length - text.length, text }
        list.push(this.#mapping(depth + 1))
      } else {
        list.push(readPlainValue(text))
        this.#at += 1
      }
    }
    this.#endBlock(indent)
    return list
  }

  #mapping(depth: number): unknown {
    const indent = this.#line?.indent ?? 0
    const mapping: Record<string, unknown> = {}
    for (let line = this.#line; line?.indent === indent && !dash.test(line.text); line = this.#line) {
      const [start, key] = keyPattern.exec(line.text) ?? []
      if (start === undefined || key === undefined || Object.hasOwn(mapping, key)) throw new NotPlain()
      const text = line.text.slice(start.length)
      this.#at += 1
      mapping[key] = text === '' || text.startsWith('#') ? this.#blockBelow(indent, depth) : readPlainValue(text)
    }
    this.#endBlock(indent)
    return mapping
  }

  /** The value below a key that has none on its line. A list may begin in the same column as the key. */
  #blockBelow(indent: number, depth: number): unknown {
    const line = this.#line
    if (!line || line.indent < indent || (line.indent === indent && !dash.test(line.text))) throw new NotPlain()
    return this.#block(depth + 1)
  }

  /** A line further to the right continues the text before it, or is a mistake. */
  #endBlock(indent: number): void {
    if (this.#line && this.#line.indent > indent) throw new NotPlain()
  }
}

/**
 * Reads a file in the plain form that most configuration files have: one setting or list entry in each line, with a value that
 * `readPlainValue` reads. The values are those that the package `yaml` returns, which takes about seven times as long.
 * Undefined for any other text, valid or not: that is for the package.
 */
export function readPlainSettings(text: string): unknown {
  try {
    return new PlainSettings(toLines(text)).read()
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}
