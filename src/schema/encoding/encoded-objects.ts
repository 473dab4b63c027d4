import { isObject } from '../../is-object.ts'
import type { Operation } from '../../operation.ts'
import type { Dependency } from './constant.ts'

/** The JSON of an object: its text, or parts of the text with the fields between them that are found for each operation. */
export type EncodedObject<Hole> = string | readonly (string | Hole)[]

/** Characters of the texts of all schemas that are kept until all are dropped; those in use are soon made again. */
const maxLength = 16 * 1024 ** 2
/** Of the texts made since. Those of objects that no longer exist count too. */
let length = 0
let generation = 0

/** Values that are kept as long as an object exists. */
class CacheByObject<Value> {
  #values = new WeakMap<object, Value>()
  #generation = generation

  get(source: object): Value | undefined {
    return this.#generation === generation ? this.#values.get(source) : undefined
  }

  /** @param characters of the value */
  set(source: object, value: Value, characters: number): void {
    length += characters
    if (length > maxLength) {
      generation += 1
      length = 0
    }
    if (this.#generation !== generation) {
      this.#generation = generation
      this.#values = new WeakMap()
    }
    this.#values.set(source, value)
  }
}

/** The texts that one plan has made of objects. */
export class EncodedObjects<Hole> {
  readonly #texts = new CacheByObject<EncodedObject<Hole>>()

  get(source: object): EncodedObject<Hole> | undefined {
    return this.#texts.get(source)
  }

  set(source: object, encoded: EncodedObject<Hole>): void {
    this.#texts.set(source, encoded, lengthOf(encoded))
  }
}

/** How long a text is the same. */
export interface Validity {
  /** The text may be another one at this time and at the end. */
  readonly from: number
  readonly until: number
  /** What the text depends on, as it was. */
  readonly dependencies: ReadonlyMap<Dependency, object>
}

interface EncodedPage {
  readonly items: readonly unknown[]
  readonly text: string
  readonly validity: Validity
}

/** The texts of whole lists, the last one for each first object: the same pages are requested again and again. */
export class EncodedPages {
  readonly #pages = new CacheByObject<EncodedPage>()

  get(items: readonly unknown[], operation: Operation): string | undefined {
    const [first] = items
    const page = isObject(first) ? this.#pages.get(first) : undefined
    if (!page || !hasSameItems(page, items) || !isValid(page.validity, operation)) return undefined
    return page.text
  }

  set(items: readonly unknown[], text: string, validity: Validity): void {
    const [first] = items
    if (isObject(first)) this.#pages.set(first, { items, text, validity }, text.length)
  }
}

function hasSameItems(page: EncodedPage, items: readonly unknown[]): boolean {
  return page.items.length === items.length && items.every((item, index) => item === page.items[index])
}

/** Whether the text is still the same. */
export function isValid({ from, until, dependencies }: Validity, operation: Operation): boolean {
  if (operation.now <= from || operation.now >= until) return false
  for (const [dependency, before] of dependencies) if (dependency.current(operation) !== before) return false
  return true
}

/** Roughly: an entry itself takes memory, and a text that has other characters than Latin-1 two bytes for each. */
const lengthOfEntry = 64

function lengthOf<Hole>(encoded: EncodedObject<Hole>): number {
  if (typeof encoded === 'string') return lengthOfEntry + encoded.length
  return encoded.reduce((sum, part) => sum + lengthOfEntry + (typeof part === 'string' ? part.length : 0), 0)
}
