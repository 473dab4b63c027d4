import { describe, expect, it } from '@jest/globals'
import { acceptedRanges, countAccepted, expiryBoundaries } from '../../src/catalog/expiry-ranges.ts'
import { type CertificateFilter, createRowTest } from '../../src/catalog/filter.ts'
import { createOrdering, sortRows } from '../../src/catalog/ordering.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

const now = 100
const thresholds = { critical: 5, warning: 10 }
const rows = [...Array.from({ length: 40 }, (_, index) => 90 + index), null, null, null].map((expiresAt, index) => ({
  id: `${index}`,
  provider: 'OPENAI',
  validFrom: null,
  expiresAt,
  declaredExpired: index % 3 === 0,
  active: null,
  deleted: null,
}))
type Row = Omit<(typeof rows)[number], 'validFrom'> & { readonly validFrom: number | null }
const kind = { provider: 'OPENAI', thresholds, hasLifetimes: false }

const filters: readonly CertificateFilter[] = [
  { expiresWithin: 0 },
  { expiresWithin: 7 },
  { expiresWithin: -3 },
  { expiresBefore: 104 },
  { expiresAfter: 104 },
  { expiresAfter: 95, expiresBefore: 120 },
  { expiresAfter: 120, expiresBefore: 95 },
  { expiryStatuses: ['EXPIRED'] },
  { expiryStatuses: ['CRITICAL', 'OK'] },
  { expiryStatuses: ['UNKNOWN', 'WARNING'] },
  { expiryStatuses: ['EXPIRED', 'WARNING'], expiresWithin: 8 },
  { expiryStatuses: ['OK'], expiresBefore: 112, expiresAfter: 111 },
]
const cases = filters.flatMap((filter) => [filter, { ...filter, excludeUnknownExpiry: true }])

describe.each(['ASC', 'DESC'] as const)('the ranges of an order by expiry, %s', (direction) => {
  const ordering = createOrdering<Row>('EXPIRES_AT', direction, ({ id, expiresAt }) => ({ id, key: expiresAt }))

  it.each(cases)('have the rows that the filter accepts: %j', async (filter) => {
    const test = createRowTest({ ...filter, includeDeleted: true }, now, thresholds)
    if (!test) throw new Error('the filter has no condition')
    const sorted = await sortRows(rows, ordering, endlessTimeSlice)
    const ranges = acceptedRanges(
      sorted,
      { direction, now, boundaries: expiryBoundaries(filter, now, thresholds), kind },
      test,
    )
    const found = [...ranges.dated, ranges.undated].flatMap((range) =>
      Array.from({ length: range.length }, (_, index) => range.at(index) as Row),
    )
    const accepted = sorted.filter(test)
    expect(found.filter(({ expiresAt }) => expiresAt !== null)).toEqual(
      accepted.filter(({ expiresAt }) => expiresAt !== null),
    )
    expect(found.filter(test)).toEqual(accepted)
    expect(await countAccepted(ranges, kind, test, endlessTimeSlice)).toBe(accepted.length)
  })
})

describe.each(['ASC', 'DESC'] as const)('with lifetimes, the ranges of an order by expiry, %s', (direction) => {
  const ordering = createOrdering<Row>('EXPIRES_AT', direction, ({ id, expiresAt }) => ({ id, key: expiresAt }))
  const byLifetime = {
    ...thresholds,
    lifetime: { critical: { numerator: 1, denominator: 6 }, warning: { numerator: 1, denominator: 3 } },
  }
  // Lifetimes of 6 to 41, and none: each status occurs at each date that is near.
  const lived: readonly Row[] = Array.from({ length: 6 }, (_, copy) =>
    rows.map((row, index) => ({
      ...row,
      id: `${copy} ${index}`,
      validFrom: row.expiresAt === null || copy === 0 ? null : row.expiresAt - 6 - ((copy * 7 + index) % 36),
    })),
  ).flat()
  const livedKind = { provider: 'OPENAI', thresholds: byLifetime, hasLifetimes: true }

  it.each(cases)('have at least the rows that the filter accepts: %j', async (filter) => {
    const test = createRowTest({ ...filter, includeDeleted: true }, now, byLifetime)
    if (!test) throw new Error('the filter has no condition')
    const sorted = await sortRows(lived, ordering, endlessTimeSlice)
    const boundaries = expiryBoundaries(filter, now, byLifetime)
    const ranges = acceptedRanges(sorted, { direction, now, boundaries, kind: livedKind }, test)
    const rowsIn = (lists: readonly { readonly length: number; at(index: number): Row | undefined }[]) =>
      lists.flatMap((range) => Array.from({ length: range.length }, (_, index) => range.at(index) as Row))
    const accepted = sorted.filter(test)
    expect(rowsIn([...ranges.dated, ranges.undated]).filter(test)).toEqual(accepted)
    // Only a filter on statuses has rows to test.
    const whole = rowsIn(ranges.dated.filter(({ isMixed }) => !isMixed))
    expect(whole.filter(test)).toEqual(whole)
    if (!filter.expiryStatuses) expect(ranges.dated.every(({ isMixed }) => !isMixed)).toBe(true)
    expect(await countAccepted(ranges, livedKind, test, endlessTimeSlice)).toBe(accepted.length)
  })
})
