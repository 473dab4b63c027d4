import { describe, expect, it } from '@jest/globals'
import { parseDate, parseRetryAfter } from '../../../src/upstream/call/retry-after.ts'

const now = Date.parse('2030-01-01T00:00:00Z')

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['21', 21],
    [' 120 ', 120],
    ['Tue, 01 Jan 2030 00:01:30 GMT', 90],
    ['Tuesday, 01-Jan-30 00:01:30 GMT', 90],
    ['Tue Jan  1 00:01:30 2030', 90],
    ['Mon, 31 Dec 2029 23:59:00 GMT', 0],
  ])('of %j is %i seconds', (value, seconds) => {
    expect(parseRetryAfter(value, now)).toBe(seconds)
  })

  it('is rounded up to whole seconds', () => {
    expect(parseRetryAfter('Tue, 01 Jan 2030 00:01:30 GMT', now + 1)).toBe(90)
    expect(parseRetryAfter('Tue, 01 Jan 2030 00:01:30 GMT', now - 1)).toBe(91)
  })

  it.each([[undefined], [''], ['soon'], ['-5'], ['1.5'], ['1e3'], ['0x10'], ['in 5 minutes'], ['Tue, soon'], ['5s']])(
    'of %j is ignored',
    (value) => {
      expect(parseRetryAfter(value, now)).toBeUndefined()
    },
  )
})

describe('Date', () => {
  it('is the time of the vendor’s clock', () => {
    expect(parseDate('Tue, 01 Jan 2030 00:00:00 GMT', now + 300_000)).toBe(now)
  })

  it.each([[undefined], [''], ['today']])('of %j is ignored', (value) => {
    expect(parseDate(value, now + 300_000)).toBe(now + 300_000)
  })
})
