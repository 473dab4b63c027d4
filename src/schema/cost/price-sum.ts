import type { FieldPrice, Quantities, Quantity } from './quantities.ts'

/** What a selection costs, and how long its answer may be. */
export interface Total {
  readonly cost: number
  readonly bytes: number
}

/** An object includes this many values; each further group of as many costs as much as an object. */
const includedValues = 25
/** The assumed length of a list of values. */
const assumedValues = 10

/** The assumed size of a value. */
const assumedBytes = 512

/** A field of an object: its response name, its price, and what the objects below it cost together. */
type Priced = Pick<FieldPrice, 'price' | 'per' | 'sharedCall' | 'value'> & {
  readonly name: string
  readonly below: Total
}

/**
 * Adds up the fields of one object. Values that share a call count once, at the highest of their prices. Fields that count
 * once per row, source or scan are kept apart: how many there are is declared by the field that returns the object.
 */
export class PriceSum {
  #cost = 0
  #bytes = 0
  #ownValues = 0
  readonly #sharedCalls = new Map<string, number>()
  readonly #per = new Map<Quantity, Total>()

  add({ name, price, below, per, sharedCall, value }: Priced): void {
    this.#bytes += name.length
    if (value) {
      this.#ownValues += 1
      this.#bytes += assumedBytes * (value === 'list' ? assumedValues : 1)
    }
    if (sharedCall !== undefined) {
      this.#sharedCalls.set(sharedCall, Math.max(price, this.#sharedCalls.get(sharedCall) ?? 0))
    } else if (per !== undefined) {
      this.#addPer(per, { cost: price + below.cost, bytes: below.bytes })
    } else {
      this.#cost += price + below.cost
      this.#bytes += below.bytes
    }
  }

  /** Adds the fields of a fragment on the same object. */
  merge(fragment: PriceSum): void {
    this.#cost += fragment.#cost + fragment.#priceOfCalls()
    this.#bytes += fragment.#bytes
    this.#ownValues += fragment.#ownValues
    for (const [per, total] of fragment.#per) this.#addPer(per, total)
  }

  total(quantities: Quantities): Total {
    let cost = this.#cost + this.#priceOfCalls() + Math.floor(this.#ownValues / includedValues)
    let bytes = this.#bytes
    for (const [per, each] of this.#per) {
      const count = quantities[per]?.() ?? 1
      cost += times(each.cost, count)
      bytes += times(each.bytes, count)
    }
    return { cost, bytes }
  }

  #addPer(per: Quantity, { cost, bytes }: Total): void {
    const before = this.#per.get(per)
    this.#per.set(per, { cost: cost + (before?.cost ?? 0), bytes: bytes + (before?.bytes ?? 0) })
  }

  #priceOfCalls(): number {
    return [...this.#sharedCalls.values()].reduce((sum, price) => sum + price, 0)
  }
}

/** A cost can be infinite, and infinity times zero is not a number. */
export function times(amount: number, count: number): number {
  return count === 0 ? 0 : amount * count
}

/** The highest cost and the most bytes of objects of several types. */
export function maxTotal(totals: readonly Total[]): Total {
  return {
    cost: Math.max(0, ...totals.map(({ cost }) => cost)),
    bytes: Math.max(0, ...totals.map(({ bytes }) => bytes)),
  }
}
