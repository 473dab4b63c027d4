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

/** A list that a call returned, or one page of it. */
export interface Page {
  readonly rows: unknown[]
  readonly isLast: boolean
}

/** The list in what a call returned; null when there is none. */
export function pageOf(value: unknown): Page | null {
  if (Array.isArray(value)) return { rows: value, isLast: true }
  if (!isObject(value) || !Array.isArray(value['rows'])) return null
  return { rows: value['rows'], isLast: (value['next'] ?? null) === null }
}
