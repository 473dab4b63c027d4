import { sortInSlices, type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { Certificate } from './certificate.ts'
import { type ExpiryRules, type ExpiryStatus, expiryStatus } from './expiry.ts'

/** How many certificates have a key in common. */
export interface Count<Key> {
  readonly key: Key
  readonly count: number
}

/** A certificate of one of several lists, with the index of its list. */
interface Listed<Row> {
  readonly row: Row
  readonly list: number
}

/** Groups have only keys that occur, in alphabetical order. Except for months, the counts of a grouping add up to `total`. */
export interface CertificateCounts<Row extends Certificate> {
  readonly total: number
  readonly byProvider: readonly Count<string>[]
  readonly byExpiryStatus: readonly Count<ExpiryStatus>[]
  /** Not sorted. */
  readonly byPlace: readonly Count<Row['place']>[]
  /** Null when the list does not have the key algorithm; null comes last. */
  readonly byKeyAlgorithm: readonly Count<string | null>[]
  /** 24 months from the current one, zeros included. The key is the start of the month in UTC. */
  readonly byExpiryMonth: readonly Count<number>[]
  /** Certificates that are in the lists of several places, ordered by fingerprint. */
  readonly duplicates: readonly { readonly sha256Fingerprint: string; readonly listed: readonly Listed<Row>[] }[]
}

/** The current month is the first. */
export const monthCount = 24

/** Counts the accepted certificates in one pass over the lists, in slices. */
export async function countCertificates<Row extends Certificate>(
  lists: readonly (readonly Row[])[],
  accepts: ((row: Row) => boolean) | undefined,
  {
    now,
    thresholds,
    timeSlice,
  }: { readonly now: number; readonly thresholds: ExpiryRules; readonly timeSlice: TimeSlice },
): Promise<CertificateCounts<Row>> {
  let total = 0
  const providers = new Tally<string>()
  const statuses = new Tally<ExpiryStatus>()
  const places = new Tally<Row['place']>()
  const algorithms = new Tally<string | null>()
  const months = new Array<number>(monthCount).fill(0)
  const fingerprints = new Fingerprints<Row>()
  const firstMonth = monthOf(now)
  for (const [list, rows] of lists.entries()) {
    await visitInSlices(rows, timeSlice, (row) => {
      if (accepts && !accepts(row)) return
      total += 1
      providers.add(row.provider)
      statuses.add(expiryStatus(row, now, thresholds))
      places.add(row.place, row.place.id)
      algorithms.add(row.x509.keyAlgorithm ?? null)
      const month = row.expiresAt === null ? -1 : monthOf(row.expiresAt) - firstMonth
      if (month >= 0 && month < monthCount) months[month] = (months[month] ?? 0) + 1
      fingerprints.add(row, list)
    })
  }
  return {
    total,
    byProvider: providers.counts().sort(byKey),
    byExpiryStatus: statuses.counts().sort(byKey),
    byPlace: places.counts(),
    byKeyAlgorithm: algorithms.counts().sort(byKey),
    byExpiryMonth: months.map((count, month) => ({ key: startOfMonth(firstMonth + month), count })),
    duplicates: await fingerprints.duplicates(timeSlice),
  }
}

/** Counts keys. */
export class Tally<Key> {
  readonly #counts = new Map<unknown, { readonly key: Key; count: number }>()

  /** Keys with the same id are counted together. */
  add(key: Key, id: unknown = key, count = 1): void {
    const known = this.#counts.get(id)
    if (known) known.count += count
    else if (count > 0) this.#counts.set(id, { key, count })
  }

  counts(): Count<Key>[] {
    return [...this.#counts.values()]
  }
}

/** Rows by fingerprint. Most fingerprints occur once and take one map entry, without an array. */
class Fingerprints<Row extends Certificate> {
  readonly #first = new Map<string, Listed<Row>>()
  readonly #again = new Map<string, Listed<Row>[]>()

  add(row: Row, list: number): void {
    const fingerprint = row.x509.sha256Fingerprint ?? null
    if (fingerprint === null) return
    const first = this.#first.get(fingerprint)
    if (!first) {
      this.#first.set(fingerprint, { row, list })
      return
    }
    const again = this.#again.get(fingerprint)
    if (again) again.push({ row, list })
    else this.#again.set(fingerprint, [first, { row, list }])
  }

  /** A certificate in two enrollments of one contract is in one place only. */
  async duplicates(timeSlice: TimeSlice): Promise<CertificateCounts<Row>['duplicates']> {
    const found: { sha256Fingerprint: string; listed: Listed<Row>[] }[] = []
    await visitInSlices([...this.#again], timeSlice, ([sha256Fingerprint, listed]) => {
      if (listed.some(({ row }) => row.place.id !== listed[0]?.row.place.id)) found.push({ sha256Fingerprint, listed })
    })
    return sortInSlices(found, timeSlice, (a, b) => (a.sha256Fingerprint < b.sha256Fingerprint ? -1 : 1))
  }
}

/** Orders counts by key, null last. */
export function byKey({ key: a }: Count<string | null>, { key: b }: Count<string | null>): number {
  if (a === null) return 1
  return b !== null && a > b ? 1 : -1
}

/** Months since the year 0, in UTC. */
export function monthOf(milliseconds: number): number {
  const date = new Date(milliseconds)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

export function startOfMonth(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12)
}
