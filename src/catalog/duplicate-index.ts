import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { Certificate } from './certificate.ts'
import type { RowsOf } from './sorted-rows.ts'

/** A row, and where it comes from. */
interface Listed<Row, Origin> {
  readonly row: Row
  readonly origin: Origin
}

/** A certificate in the lists of several places. */
export interface Duplicates<Row, Origin> {
  readonly sha256Fingerprint: string
  readonly listed: readonly Listed<Row, Origin>[]
}

/** The rows of a part of all fingerprints. Most occur once and take one entry, without an array. It is never changed. */
interface Shard<Row, Origin> {
  readonly listed: ReadonlyMap<string, Listed<Row, Origin> | readonly Listed<Row, Origin>[]>
  /** Ordered by fingerprint. */
  readonly duplicates: readonly Duplicates<Row, Origin>[]
}

/** Two digits of 64: the rows of a place change few of the shards, and a shard has few rows. */
const shardDigits = 2

/**
 * The rows of many lists by fingerprint. It is never changed: a new one shares the shards in which no row was added or
 * removed.
 */
export class DuplicateIndex<Row extends Certificate, Origin> {
  readonly #shards: ReadonlyMap<string, Shard<Row, Origin>>
  #duplicates: readonly Duplicates<Row, Origin>[] | null = null

  constructor(shards: ReadonlyMap<string, Shard<Row, Origin>> = new Map()) {
    this.#shards = shards
  }

  /** The certificates that are in the lists of several places, ordered by fingerprint. */
  get duplicates(): readonly Duplicates<Row, Origin>[] {
    this.#duplicates ??= [...this.#shards.keys()].sort().flatMap((key) => this.#shards.get(key)?.duplicates ?? [])
    return this.#duplicates
  }

  /** The same index without the rows of some lists, and with those of others. The work is in proportion to their shards. */
  async replace(
    removed: Iterable<RowsOf<Row, unknown>>,
    added: Iterable<RowsOf<Row, Origin>>,
    timeSlice: TimeSlice,
  ): Promise<DuplicateIndex<Row, Origin>> {
    const changes = new Map<string, Map<string, Listed<Row, Origin> | readonly Listed<Row, Origin>[]>>()
    const shardOf = (fingerprint: string) => {
      const key = fingerprint.slice(0, shardDigits)
      const shard = changes.get(key) ?? new Map(this.#shards.get(key)?.listed)
      changes.set(key, shard)
      return shard
    }
    for (const { rows } of removed) {
      await visitInSlices(rows, timeSlice, (row) => {
        const fingerprint = row.x509.sha256Fingerprint ?? null
        if (fingerprint === null) return
        const shard = shardOf(fingerprint)
        const [first, ...others] = toList(shard.get(fingerprint)).filter((each) => each.row !== row)
        if (first) shard.set(fingerprint, others.length === 0 ? first : [first, ...others])
        else shard.delete(fingerprint)
      })
    }
    for (const { rows, origin } of added) {
      await visitInSlices(rows, timeSlice, (row) => {
        const fingerprint = row.x509.sha256Fingerprint ?? null
        if (fingerprint === null) return
        const shard = shardOf(fingerprint)
        const known = shard.get(fingerprint)
        shard.set(fingerprint, known ? [...toList(known), { row, origin }] : { row, origin })
      })
    }
    const shards = new Map(this.#shards)
    for (const [key, listed] of changes) {
      if (timeSlice.isOver()) await timeSlice.next()
      shards.set(key, { listed, duplicates: findDuplicates(listed) })
    }
    return new DuplicateIndex(shards)
  }
}

function toList<Row, Origin>(
  listed: Listed<Row, Origin> | readonly Listed<Row, Origin>[] | undefined,
): readonly Listed<Row, Origin>[] {
  if (listed === undefined) return []
  return 'row' in listed ? [listed] : listed
}

/** A certificate in two enrollments of one contract is in one place only. */
function findDuplicates<Row extends Certificate, Origin>(
  listed: Shard<Row, Origin>['listed'],
): readonly Duplicates<Row, Origin>[] {
  const found: Duplicates<Row, Origin>[] = []
  for (const [sha256Fingerprint, each] of listed) {
    if ('row' in each) continue
    if (each.some(({ row }) => row.place.id !== each[0]?.row.place.id)) found.push({ sha256Fingerprint, listed: each })
  }
  return found.sort((a, b) => (a.sha256Fingerprint < b.sha256Fingerprint ? -1 : 1))
}
