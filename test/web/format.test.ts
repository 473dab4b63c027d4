import { describe, expect, it } from '@jest/globals'
import { formatAge, formatCount, formatDuration, formatMoment, formatRelative, formatReset } from '../../web/format.ts'
import { toFirstRow } from '../../web/row-numbers.ts'

const now = Date.parse('2026-11-29T12:00:00Z')
const minute = 60_000
const day = 24 * 60 * minute

describe('formatReset', () => {
  it.each([
    [-1, 'more now'],
    [400, 'more in 1 s'],
    [59_999, 'more in 60 s'],
    [4 * minute, 'more in 4 minutes'],
  ])('of a time at a distance of %d ms is: %s', (distance, text) => {
    expect(formatReset(now + distance, now)).toBe(text)
  })
})

describe('formatRelative', () => {
  it.each([
    [30_000, 'in less than a minute'],
    [-30_000, 'less than a minute ago'],
    [-4 * minute - 59_000, '4 minutes ago'],
    [-minute, '1 minute ago'],
    [5 * 60 * minute + 1, 'in 5 hours'],
    [47 * 60 * minute, 'in 47 hours'],
    [9 * day + 13 * 60 * minute, 'in 9 days'],
    [-75 * day, '75 days ago'],
    [120 * day, 'in 3 months'],
    [1_100 * day, 'in 3 years'],
  ])('rounds %d ms toward now: %s', (distance, text) => {
    expect(formatRelative(now + distance, now)).toBe(text)
  })
})

describe('formatAge', () => {
  it('shows a time that the clock of the page has not reached as now', () => {
    expect(formatAge(now + 3_000, now)).toBe('just now')
    expect(formatAge(now - 2 * minute, now)).toBe('2 minutes ago')
  })
})

describe('formatMoment', () => {
  it('has the date unless it is today', () => {
    expect(formatMoment(now - minute, now)).not.toContain('2026')
    expect(formatMoment(now - 3 * day, now)).toContain('2026')
  })
})

describe('formatCount', () => {
  it('uses the singular for one', () => {
    expect([formatCount(0, 'source'), formatCount(1, 'source'), formatCount(75_050, 'source')]).toEqual([
      '0 sources',
      '1 source',
      `${new Intl.NumberFormat().format(75_050)} sources`,
    ])
  })
})

describe('formatDuration', () => {
  it.each([
    ['P14D', '14 days'],
    ['P1W', '1 week'],
    ['PT15M', '15 minutes'],
    ['P1DT12H', 'P1DT12H'],
    ['30 days', '30 days'],
  ])('shows %s as %s', (text, words) => {
    expect(formatDuration(text)).toBe(words)
  })
})

describe('the number of the first row', () => {
  const page = { totalCount: 250, rows: 100, hasPreviousPage: true, hasNextPage: true }

  it('is exact on the first and the last page, whatever the URL says', () => {
    expect(toFirstRow({ ...page, hasPreviousPage: false }, 77)).toBe(1)
    expect(toFirstRow({ ...page, rows: 50, hasNextPage: false }, 77)).toBe(201)
  })

  it('is the one in the URL on the pages between, within the list', () => {
    expect(toFirstRow(page, 101)).toBe(101)
    expect(toFirstRow(page)).toBe(2)
    expect(toFirstRow(page, 9_999)).toBe(150)
  })

  it('is 0 for an empty list', () => {
    expect(toFirstRow({ totalCount: 0, rows: 0, hasPreviousPage: false, hasNextPage: false })).toBe(0)
  })
})
