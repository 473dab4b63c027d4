import { isObject } from '../../is-object.ts'

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

/** The time between two changes of a text. It may be another one at both ends. */
export interface Period {
  readonly from: number
  readonly until: number
}

interface EncodedPage {
  readonly items: readonly unknown[]
  readonly text: string
  readonly period: Period
}

/** The texts of whole lists, the last one for each first object: the same pages are requested again and again. */
export class EncodedPages {
  readonly #pages = new CacheByObject<EncodedPage>()

  get(items: readonly unknown[], now: number): string | undefined {
    const [first] = items
    const page = isObject(first) ? this.#pages.get(first) : undefined
    if (!page || now <= page.period.from || now >= page.period.until) return undefined
    const isSame = page.items.length === items.length && items.every((item, index) => item === page.items[index])
    return isSame ? page.text : undefined
  }

  set(items: readonly unknown[], text: string, period: Period): void {
    const [first] = items
    if (isObject(first)) this.#pages.set(first, { items, text, period }, text.length)
  }
}

/** Roughly: an entry itself takes memory, and a text that has other characters than Latin-1 two bytes for each. */
const lengthOfEntry = 64

function lengthOf<Hole>(encoded: EncodedObject<Hole>): number {
  if (typeof encoded === 'string') return lengthOfEntry + encoded.length
  return encoded.reduce((sum, part) => sum + lengthOfEntry + (typeof part === 'string' ? part.length : 0), 0)
}
