import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'

interface KeptPrice<Price> {
  readonly price: Price
  /** Which readings the price was computed from. */
  readonly readings: number
}

/** Longer or deeper variables are not kept. The length is that of their texts and members, roughly. */
const maxVariables = 1_000
const maxDepth = 10
/** Prices per document, with other variables or operation names. */
const maxPrices = 20

/** The prices of the documents that are kept anyway: a client sends the same few documents again and again. */
export class KeptPrices<Price extends { readonly dependsOnReadings: boolean }> {
  readonly #byDocument = new WeakMap<DocumentNode, LRUCache<string, KeptPrice<Price>>>()

  /**
   * The price of an operation. `compute` is called for a new one, and when the readings have changed that the price depends on.
   * @param readings a number that increases with each change of a reading; null when the price is that of one caller alone
   */
  get(
    document: DocumentNode,
    operation: readonly [name: string | null | undefined, variables: object],
    readings: number | null,
    compute: () => Price,
  ): Price {
    if (readings === null || !isShort(operation, { room: maxVariables })) return compute()
    const key = JSON.stringify(operation)
    const prices = this.#byDocument.get(document) ?? new LRUCache({ max: maxPrices })
    this.#byDocument.set(document, prices)
    const known = prices.get(key)
    if (known && (!known.price.dependsOnReadings || known.readings === readings)) return known.price
    const price = compute()
    prices.set(key, { price, readings })
    return price
  }
}

/** Stops when there is no room left. */
function isShort(value: unknown, left: { room: number }, depth = 0): boolean {
  left.room -= typeof value === 'string' ? value.length : 8
  if (left.room < 0 || depth > maxDepth) return false
  if (typeof value !== 'object' || value === null) return true
  for (const name in value) {
    left.room -= name.length
    if (!isShort(Reflect.get(value, name), left, depth + 1)) return false
  }
  return true
}
