import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { Certificate } from './certificate.ts'
import { lifetimeOf } from './expiry.ts'
import { SharedValue } from './shared-value.ts'
import { type Count, Tally } from './statistics.ts'

/** What is counted of a list, whatever the time is. */
export interface ListCounts<Row extends Certificate = Certificate> {
  readonly byKeyAlgorithm: readonly Count<string | null>[]
  readonly byPlace: readonly Count<Row['place']>[]
  /** The certificates without an expiry date that the vendor calls expired. */
  readonly undatedExpired: number
  /** The certificates whose validity has both ends in the list. */
  readonly withLifetime: number
}

const counted = new WeakMap<readonly Certificate[], SharedValue<ListCounts>>()

/** Counts the rows of a list, once. */
export function countList<Row extends Certificate>(
  rows: readonly Row[],
  timeSlice: TimeSlice,
): ListCounts<Row> | Promise<ListCounts<Row>> {
  const counts = counted.get(rows) ?? new SharedValue<ListCounts>()
  counted.set(rows, counts)
  // The places are those of the rows.
  return counts.get(timeSlice, (shared) => count(rows, shared)) as ListCounts<Row> | Promise<ListCounts<Row>>
}

async function count(rows: readonly Certificate[], timeSlice: TimeSlice): Promise<ListCounts> {
  const algorithms = new Tally<string | null>()
  const places = new Tally<Certificate['place']>()
  let undatedExpired = 0
  let withLifetime = 0
  await visitInSlices(rows, timeSlice, (row) => {
    const { x509, place, expiresAt, declaredExpired } = row
    algorithms.add(x509.keyAlgorithm ?? null)
    places.add(place, place.id)
    if (expiresAt === null && declaredExpired) undatedExpired += 1
    if (lifetimeOf(row) !== null) withLifetime += 1
  })
  return { byKeyAlgorithm: algorithms.counts(), byPlace: places.counts(), undatedExpired, withLifetime }
}

/** The sum of the counts of many lists. It is never changed. */
export class CountSum {
  static readonly empty = new CountSum(new Map(), 0, 0)

  readonly #byKeyAlgorithm: ReadonlyMap<string | null, number>
  readonly undatedExpired: number
  readonly withLifetime: number

  private constructor(
    byKeyAlgorithm: ReadonlyMap<string | null, number>,
    undatedExpired: number,
    withLifetime: number,
  ) {
    this.#byKeyAlgorithm = byKeyAlgorithm
    this.undatedExpired = undatedExpired
    this.withLifetime = withLifetime
  }

  get byKeyAlgorithm(): readonly Count<string | null>[] {
    return [...this.#byKeyAlgorithm].map(([key, each]) => ({ key, count: each }))
  }

  /** The sum without the counts of some lists, and with those of others. */
  async replace(
    removed: readonly (readonly Certificate[])[],
    added: readonly (readonly Certificate[])[],
    timeSlice: TimeSlice,
  ): Promise<CountSum> {
    const algorithms = new Map(this.#byKeyAlgorithm)
    let { undatedExpired, withLifetime } = this
    const add = async (lists: readonly (readonly Certificate[])[], sign: 1 | -1) => {
      for (const rows of lists) {
        const counts = countList(rows, timeSlice)
        const each = counts instanceof Promise ? await counts : counts
        undatedExpired += sign * each.undatedExpired
        withLifetime += sign * each.withLifetime
        for (const { key, count } of each.byKeyAlgorithm) {
          const sum = (algorithms.get(key) ?? 0) + sign * count
          if (sum === 0) algorithms.delete(key)
          else algorithms.set(key, sum)
        }
      }
    }
    await add(removed, -1)
    await add(added, 1)
    return new CountSum(algorithms, undatedExpired, withLifetime)
  }
}
