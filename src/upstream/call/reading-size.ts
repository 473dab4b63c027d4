import { isObject } from '../../is-object.ts'
import type { ReadingLimits } from '../../limits.ts'

/** The vendor returned more for one reading than the configuration allows. */
export class ReadingTooLargeError extends Error {}

/** What one reading has received so far. A list without an end would otherwise fill the memory. */
export class ReadingSize {
  readonly #limits: ReadingLimits
  readonly #received = { pages: 0, rows: 0, bytes: 0 }

  constructor(limits: ReadingLimits) {
    this.#limits = limits
  }

  /** The size of all bodies so far. */
  get bytes(): number {
    return this.#received.bytes
  }

  /** Counts a list, or one page of it. @throws ReadingTooLargeError with the limit that is exceeded */
  addPage(page: { readonly rows: number; readonly bytes: number }): void {
    const received = this.#received
    received.pages += 1
    received.rows += page.rows
    received.bytes += page.bytes
    for (const unit of ['pages', 'rows', 'bytes'] as const)
      if (received[unit] > this.#limits[unit]) throw new ReadingTooLargeError(`more than ${this.#limits[unit]} ${unit}`)
  }
}

/** The rows in what a call returned; null when that is no list. */
export function rowsOf(value: unknown): unknown[] | null {
  const rows = isObject(value) ? value['rows'] : value
  return Array.isArray(rows) ? rows : null
}
