import type { Fraction } from '../fraction.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Certificate } from './certificate.ts'
import type { ExpiryThresholds } from './expiry.ts'
import type { CertificateFilter, RowTest } from './filter.ts'
import { countRows, firstIndex, type RowList } from './merge.ts'

type Expiring = Pick<Certificate, 'expiresAt'>
type Sample = Parameters<RowTest>[0]

/** A part of an order. */
export class RowRange<Row> implements RowList<Row> {
  readonly length: number
  /** The index of its first row in the order. */
  readonly start: number
  /** Whether a test may accept some of its rows only. */
  readonly isMixed: boolean
  readonly #list: RowList<Row>

  constructor(list: RowList<Row>, start: number, end: number, isMixed = false) {
    this.#list = list
    this.start = start
    this.length = end - start
    this.isMixed = isMixed
  }

  at(index: number): Row | undefined {
    return this.#list.at(this.start + index)
  }
}

/** The certificates of one vendor, and the thresholds that apply to them. */
export interface ExpiryKind {
  readonly provider: string
  readonly thresholds: ExpiryThresholds
  /** Whether the list has both ends of a validity: the status then depends on more than the expiry. */
  readonly hasLifetimes: boolean
}

/** The times between which all conditions on the expiry have the same result for every date, lifetimes aside. */
export function expiryBoundaries(filter: CertificateFilter, now: number, thresholds: ExpiryThresholds): number[] {
  const { expiresBefore, expiresAfter, expiresWithin } = filter
  const within = typeof expiresWithin === 'number' ? now + expiresWithin : null
  const times = [now, now + thresholds.critical, now + thresholds.warning, expiresBefore, expiresAfter, within]
  return times.filter((time) => typeof time === 'number')
}

/** What is looked for in an order by expiry. */
export interface ExpirySearch {
  readonly direction: 'ASC' | 'DESC'
  readonly boundaries: readonly number[]
  readonly now: number
  readonly kind: ExpiryKind
}

/**
 * The parts of an order by expiry that a test of the expiry accepts, by binary search. Rows without a date are one part, whose
 * rows have to be tested, unless none is accepted.
 */
export function acceptedRanges<Row extends Expiring>(
  list: RowList<Row>,
  { direction, boundaries, now, kind }: ExpirySearch,
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
    if (typeof expiresAt !== 'number') continue
    const accepted = samplesAt(expiresAt, now, kind).map(accepts)
    if (!accepted.includes(true)) continue
    const isMixed = accepted.includes(false)
    const next = starts[index + 1] ?? end
    const last = dated.at(-1)
    if (last && last.isMixed === isMixed && last.start + last.length === start)
      dated[dated.length - 1] = new RowRange(list, last.start, next, isMixed)
    else dated.push(new RowRange(list, start, next, isMixed))
  }
  const isEmpty = !undatedSamples(kind).some(accepts)
  return { dated, undated: new RowRange(list, isEmpty ? list.length : end, list.length) }
}

/** One certificate that expires at that moment for each status that it can have. */
function samplesAt(expiresAt: number, now: number, { provider, thresholds, hasLifetimes }: ExpiryKind): Sample[] {
  const sample = { ...undatedSample, provider, expiresAt }
  if (!hasLifetimes || !thresholds.lifetime || expiresAt <= now) return [sample]
  const { critical, warning } = thresholds.lifetime
  const lifetimeWith = (share: Fraction) => ((expiresAt - now) * share.denominator) / share.numerator
  // A short lifetime makes the status less severe. With the first one it is OK, with the second one at most WARNING.
  const lifetimes = [lifetimeWith(warning) / 2, (lifetimeWith(warning) + lifetimeWith(critical)) / 2]
  return [sample, ...lifetimes.map((lifetime) => ({ ...sample, validFrom: expiresAt - lifetime }))]
}

const undatedSample = { active: null, declaredExpired: false, deleted: null, expiresAt: null, validFrom: null }
const undatedSamples = ({ provider }: ExpiryKind): Sample[] =>
  [false, true].map((declaredExpired) => ({ ...undatedSample, provider, declaredExpired }))

/** How many rows the ranges have that a test of the expiry accepts. */
export async function countAccepted<Row extends Sample>(
  { dated, undated }: ReturnType<typeof acceptedRanges<Row>>,
  kind: ExpiryKind,
  accepts: RowTest,
  timeSlice: TimeSlice,
): Promise<number> {
  const mixed = dated.filter(({ isMixed }) => isMixed)
  const whole = dated.filter(({ isMixed }) => !isMixed)
  const isUndatedWhole = undatedSamples(kind).every(accepts)
  const count = await countRows(isUndatedWhole ? [...whole, undated] : whole, timeSlice)
  const tested = isUndatedWhole ? mixed : [...mixed, undated]
  return count + (await countRows(tested, timeSlice, accepts))
}
