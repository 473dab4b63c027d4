import { describe, expect, it } from '@jest/globals'
import { acceptedRanges, countAccepted, expiryBoundaries } from '../../src/catalog/expiry-ranges.ts'
import { type CertificateFilter, createRowTest } from '../../src/catalog/filter.ts'
import { createOrdering, sortRows } from '../../src/catalog/ordering.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

const now = 100
const thresholds = { critical: 5, warning: 10 }
const rows = [...Array.from({ length: 40 }, (_, index) => 90 + index), null, null, null].map((expiresAt, index) => ({
  id: `${index}`,
  expiresAt,
  declaredExpired: index % 3 === 0,
  active: null,
  deleted: null,
}))
type Row = (typeof rows)[number]

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
    const ranges = acceptedRanges(sorted, direction, expiryBoundaries(filter, now, thresholds), test)
    const found = [...ranges.dated, ranges.undated].flatMap((range) =>
      Array.from({ length: range.length }, (_, index) => range.at(index) as Row),
    )
    const accepted = sorted.filter(test)
    expect(found.filter(({ expiresAt }) => expiresAt !== null)).toEqual(
      accepted.filter(({ expiresAt }) => expiresAt !== null),
    )
    expect(found.filter(test)).toEqual(accepted)
    expect(await countAccepted(ranges, test, endlessTimeSlice)).toBe(accepted.length)
  })
})
