import { createHash, randomBytes } from 'node:crypto'

const DAY = 86_400_000

/** Days relative to the UTC day of a moment, which is day 0. */
export function createCalendar(now: number) {
  const midnight = Math.floor(now / DAY) * DAY
  /** The start of a day. A fraction is a time within the day. */
  const startOf = (day: number) => new Date(midnight + day * DAY)
  return {
    startOf,
    /** The last second of a day: a certificate that ends on day -1 is expired for all of day 0. */
    endOf: (day: number) => new Date(startOf(day + 1).getTime() - 1000),
  }
}

export type Calendar = ReturnType<typeof createCalendar>

/** Hex digits derived from a label: the same at every start, and the first one is not 0. */
export function digitsOf(label: string, length: number): string {
  const digits = createHash('sha256').update(label).digest('hex')
  return digits.replace(/^0+/, 'c').padEnd(64, '7').slice(0, length)
}

/** A random credential for this run. */
export function createSecret(prefix = ''): string {
  return prefix + randomBytes(24).toString('hex')
}

/** The integers from 0 to `count` - 1. */
export function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
