/** A text in which `*` stands for any number of characters, none included. */
export class Glob {
  readonly #start: string
  readonly #middle: readonly string[]
  readonly #end: string
  readonly #minLength: number

  constructor(pattern: string) {
    const [start = '', ...rest] = pattern.split('*')
    this.#start = start
    this.#middle = rest.slice(0, -1).filter((part) => part !== '')
    this.#end = rest.at(-1) ?? ''
    this.#minLength = pattern.replaceAll('*', '').length
  }

  /** Whether the whole text matches. Each part is searched for once, from the end of the one before it. */
  matches(text: string): boolean {
    const end = text.length - this.#end.length
    if (text.length < this.#minLength || !text.startsWith(this.#start) || !text.endsWith(this.#end)) return false
    let from = this.#start.length
    for (const part of this.#middle) {
      const index = text.indexOf(part, from)
      if (index === -1) return false
      from = index + part.length
    }
    return from <= end
  }
}
