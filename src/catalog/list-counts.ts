import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { Certificate } from './certificate.ts'
import { SharedValue } from './shared-value.ts'
import { type Count, Tally } from './statistics.ts'

/** What is counted of a list, whatever the time is. */
export interface ListCounts<Row extends Certificate = Certificate> {
  readonly byKeyAlgorithm: readonly Count<string | null>[]
  readonly byPlace: readonly Count<Row['place']>[]
  /** The certificates without an expiry date that the vendor calls expired. */
  readonly undatedExpired: number
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
  await visitInSlices(rows, timeSlice, ({ x509, place, expiresAt, declaredExpired }) => {
    algorithms.add(x509.keyAlgorithm ?? null)
    places.add(place, place.id)
    if (expiresAt === null && declaredExpired) undatedExpired += 1
  })
  return { byKeyAlgorithm: algorithms.counts(), byPlace: places.counts(), undatedExpired }
}

/** The sum of the counts of many lists. It is never changed. */
export class CountSum {
  static readonly empty = new CountSum(new Map(), 0)

  readonly #byKeyAlgorithm: ReadonlyMap<string | null, number>
  readonly undatedExpired: number

  private constructor(byKeyAlgorithm: ReadonlyMap<string | null, number>, undatedExpired: number) {
    this.#byKeyAlgorithm = byKeyAlgorithm
    this.undatedExpired = undatedExpired
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
    let { undatedExpired } = this
    const add = async (lists: readonly (readonly Certificate[])[], sign: 1 | -1) => {
      for (const rows of lists) {
        const counts = countList(rows, timeSlice)
        const { byKeyAlgorithm, undatedExpired: undated } = counts instanceof Promise ? await counts : counts
        undatedExpired += sign * undated
        for (const { key, count: each } of byKeyAlgorithm) {
          const sum = (algorithms.get(key) ?? 0) + sign * each
          if (sum === 0) algorithms.delete(key)
          else algorithms.set(key, sum)
        }
      }
    }
    await add(removed, -1)
    await add(added, 1)
    return new CountSum(algorithms, undatedExpired)
  }
}
