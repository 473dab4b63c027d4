import type { TimeSlice } from '../time-slice.ts'
import type { Certificate } from './certificate.ts'
import type { ExpiryThresholds } from './expiry.ts'
import type { CertificateFilter, RowTest } from './filter.ts'
import { countRows, firstIndex, type RowList } from './merge.ts'

type Expiring = Pick<Certificate, 'expiresAt'>

/** A part of an order. */
export class RowRange<Row> implements RowList<Row> {
  readonly length: number
  /** The index of its first row in the order. */
  readonly start: number
  readonly #list: RowList<Row>

  constructor(list: RowList<Row>, start: number, end: number) {
    this.#list = list
    this.start = start
    this.length = end - start
  }

  at(index: number): Row | undefined {
    return this.#list.at(this.start + index)
  }
}

/** The times between which all conditions on the expiry have the same result for every date. */
export function expiryBoundaries(filter: CertificateFilter, now: number, thresholds: ExpiryThresholds): number[] {
  const { expiresBefore, expiresAfter, expiresWithin } = filter
  const within = typeof expiresWithin === 'number' ? now + expiresWithin : null
  const times = [now, now + thresholds.critical, now + thresholds.warning, expiresBefore, expiresAfter, within]
  return times.filter((time) => typeof time === 'number')
}

/**
 * The parts of an order by expiry that a test of the expiry accepts, by binary search. Rows without a date are one part, whose
 * rows have to be tested, unless none is accepted.
 */
export function acceptedRanges<Row extends Expiring>(
  list: RowList<Row>,
  direction: 'ASC' | 'DESC',
  boundaries: readonly number[],
  accepts: RowTest,
): { readonly dated: readonly RowRange<Row>[]; readonly undated: RowRange<Row> } {
  const end = firstIndex(list, ({ expiresAt }) => expiresAt === null)
  const cutAt = (isAfter: (expiresAt: number) => boolean) =>
    firstIndex(list, ({ expiresAt }) => expiresAt === null || isAfter(expiresAt))
  const cuts = boundaries.flatMap((time) =>
    direction === 'ASC'
      ? [cutAt((expiresAt) => expiresAt >= time), cutAt((expiresAt) => expiresAt > time)]
      : [cutAt((expiresAt) => expiresAt <= time), cutAt((expiresAt) => expiresAt < time)],
  )
  const starts = [...new Set([0, ...cuts, end])].sort((a, b) => a - b)
  const dated: RowRange<Row>[] = []
  for (const [index, start] of starts.entries()) {
    const expiresAt = start < end ? list.at(start)?.expiresAt : undefined
    if (typeof expiresAt !== 'number' || !accepts({ ...sample, expiresAt })) continue
    const next = starts[index + 1] ?? end
    const last = dated.at(-1)
    if (last && last.start + last.length === start) dated[dated.length - 1] = new RowRange(list, last.start, next)
    else dated.push(new RowRange(list, start, next))
  }
  const isEmpty = !undatedSamples.some(accepts)
  return { dated, undated: new RowRange(list, isEmpty ? list.length : end, list.length) }
}

const sample = { active: null, declaredExpired: false, deleted: null, expiresAt: null }
const undatedSamples = [sample, { ...sample, declaredExpired: true }]

/** How many rows the ranges have that a test of the expiry accepts. */
export async function countAccepted<Row extends Parameters<RowTest>[0]>(
  { dated, undated }: ReturnType<typeof acceptedRanges<Row>>,
  accepts: RowTest,
  timeSlice: TimeSlice,
): Promise<number> {
  const count = dated.reduce((sum, { length }) => sum + length, 0)
  if (undated.length === 0 || undatedSamples.every(accepts)) return count + undated.length
  return count + (await countRows([undated], timeSlice, accepts))
}
