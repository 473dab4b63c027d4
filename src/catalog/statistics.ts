import type { Certificate } from './certificate.ts'
import { type ExpiryStatus, type ExpiryThresholds, expiryStatus } from './expiry.ts'

/** How many have something in common. */
export interface Count<Key> {
  readonly key: Key
  readonly count: number
}

/** A certificate of one of several lists, with the index of its list. */
interface Listed<Row> {
  readonly row: Row
  readonly list: number
}

/** Groups hold only keys that occur, in alphabetical order; the count of each grouping but that of months is the total. */
export interface CertificateCounts<Row extends Placed> {
  readonly total: number
  readonly byProvider: readonly Count<string>[]
  readonly byExpiryStatus: readonly Count<ExpiryStatus>[]
  /** In no order. */
  readonly byPlace: readonly Count<Row['place']>[]
  /** By what the list tells; null, which comes last, where it does not. */
  readonly byKeyAlgorithm: readonly Count<string | null>[]
  /** So many months from the current one, zeros included; the key is the first moment of the month in UTC. */
  readonly byExpiryMonth: readonly Count<number>[]
  /** By what stands in the lists of several places, ordered by fingerprint. */
  readonly duplicates: readonly { readonly sha256Fingerprint: string; readonly listed: readonly Listed<Row>[] }[]
}

/** A certificate that knows its place. */
interface Placed extends Certificate {
  readonly place: { readonly id: string }
}

/** How many months are counted, the current one being the first. */
const countedMonths = 24

/** Counts every certificate that is accepted, in one pass over the lists as they stand. */
export function countCertificates<Row extends Placed>(
  lists: readonly (readonly Row[])[],
  accepts: (row: Row) => boolean,
  { now, thresholds }: { readonly now: number; readonly thresholds: ExpiryThresholds },
): CertificateCounts<Row> {
  let total = 0
  const providers = new Tally<string>()
  const statuses = new Tally<ExpiryStatus>()
  const places = new Tally<Row['place']>()
  const algorithms = new Tally<string | null>()
  const months = new Array<number>(countedMonths).fill(0)
  const prints = new Fingerprints<Row>()
  const firstMonth = monthOf(now)
  for (const [list, rows] of lists.entries()) {
    for (const row of rows) {
      if (!accepts(row)) continue
      total += 1
      providers.add(row.provider)
      statuses.add(expiryStatus(row, now, thresholds))
      places.add(row.place, row.place.id)
      algorithms.add(row.x509?.keyAlgorithm ?? null)
      const month = row.expiresAt === null ? -1 : monthOf(row.expiresAt) - firstMonth
      if (month >= 0 && month < countedMonths) months[month] = (months[month] ?? 0) + 1
      prints.add(row, list)
    }
  }
  return {
    total,
    byProvider: providers.counts().sort(byKey),
    byExpiryStatus: statuses.counts().sort(byKey),
    byPlace: places.counts(),
    byKeyAlgorithm: algorithms.counts().sort(byKey),
    byExpiryMonth: months.map((count, month) => ({ key: startOfMonth(firstMonth + month), count })),
    duplicates: prints.duplicates(),
  }
}

class Tally<Key> {
  readonly #counts = new Map<unknown, { readonly key: Key; count: number }>()

  /** Keys of the same id count as one. */
  add(key: Key, id: unknown = key): void {
    const known = this.#counts.get(id)
    if (known) known.count += 1
    else this.#counts.set(id, { key, count: 1 })
  }

  counts(): Count<Key>[] {
    return [...this.#counts.values()]
  }
}

/** Who holds the same certificate. Most are held once, and cost an entry of a map. */
class Fingerprints<Row extends Placed> {
  readonly #first = new Map<string, Listed<Row>>()
  readonly #again = new Map<string, Listed<Row>[]>()

  add(row: Row, list: number): void {
    const fingerprint = row.x509?.sha256Fingerprint ?? null
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

  /** Twice in one place, two enrollments of a contract, is not in several places. */
  duplicates(): CertificateCounts<Row>['duplicates'] {
    return [...this.#again]
      .filter(([, listed]) => new Set(listed.map(({ row }) => row.place.id)).size > 1)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([sha256Fingerprint, listed]) => ({ sha256Fingerprint, listed }))
  }
}

function byKey({ key: a }: Count<string | null>, { key: b }: Count<string | null>): number {
  if (a === null) return 1
  return b !== null && a > b ? 1 : -1
}

/** Months since the year 0, in UTC. */
function monthOf(milliseconds: number): number {
  const date = new Date(milliseconds)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

function startOfMonth(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12)
}
