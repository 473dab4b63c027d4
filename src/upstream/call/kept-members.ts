import { isObject } from '../../is-object.ts'
import { maxValues } from './json-structure.ts'
import { type Page, ReadingTooLargeError } from './reading-size.ts'

// Values without members in use are replaced by one of these: a list of a million empty objects takes the memory of one.
const emptyObject: Readonly<Record<string, unknown>> = Object.freeze({})
const emptyList: readonly unknown[] = Object.freeze([])

/**
 * Keeps the members of rows that are in use, at every depth. Of each page, the other members are released before the next
 * page is received.
 */
export class KeptMembers {
  readonly #fields: ReadonlySet<string>
  /** The values that are kept of all pages so far. */
  #count = 0

  constructor(fields: readonly string[]) {
    this.#fields = new Set(fields)
  }

  /**
   * Replaces the rows of a page that was just parsed. A list that is a single page is left as it is: its values are already
   * limited, and it is converted at once.
   * @throws ReadingTooLargeError when too many values would be kept
   */
  addPage({ rows, isLast }: Page): void {
    if (isLast && this.#count === 0) return
    for (const [index, row] of rows.entries()) rows[index] = this.#pick(row)
  }

  #pick(value: unknown): unknown {
    this.#count += 1
    if (this.#count > maxValues) throw new ReadingTooLargeError(`more than ${maxValues} values`)
    if (Array.isArray(value)) return value.length === 0 ? emptyList : value.map((item) => this.#pick(item))
    return isObject(value) ? this.#pickMembers(value) : value
  }

  #pickMembers(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    let picked: Record<string, unknown> | undefined
    for (const name in object) {
      if (!this.#fields.has(name)) continue
      picked ??= {}
      picked[name] = this.#pick(object[name])
    }
    return picked ?? emptyObject
  }
}
