import { describe, expect, it } from '@jest/globals'
import { daysUntilExpiry, expiryStatus, lifetimeRemaining } from '../../src/catalog/expiry.ts'

const day = 86_400_000
const now = Date.UTC(2030, 0, 1)
const thresholds = { critical: 14 * day, warning: 30 * day }

describe('expiryStatus', () => {
  it.each([
    [-400 * day, 'EXPIRED'],
    [-1, 'EXPIRED'],
    [0, 'EXPIRED'],
    [1, 'CRITICAL'],
    [14 * day, 'CRITICAL'],
    [14 * day + 1, 'WARNING'],
    [30 * day, 'WARNING'],
    [30 * day + 1, 'OK'],
    [9000 * day, 'OK'],
  ] as const)('with %d milliseconds left is %s', (left, status) => {
    const expiresAt = now + left
    expect(expiryStatus({ expiresAt, declaredExpired: false }, now, thresholds)).toBe(status)
    // The date has precedence over the vendor's status.
    expect(expiryStatus({ expiresAt, declaredExpired: true }, now, thresholds)).toBe(status)
  })

  it('without a date is UNKNOWN, or EXPIRED when the vendor declares it', () => {
    expect(expiryStatus({ expiresAt: null, declaredExpired: false }, now, thresholds)).toBe('UNKNOWN')
    expect(expiryStatus({ expiresAt: null, declaredExpired: true }, now, thresholds)).toBe('EXPIRED')
  })

  it('depends on the configured thresholds', () => {
    const at = (days: number, critical: number, warning: number) =>
      expiryStatus({ expiresAt: now + days * day, declaredExpired: false }, now, {
        critical: critical * day,
        warning: warning * day,
      })
    expect([at(1, 0, 0), at(7, 7, 7), at(8, 7, 7), at(8, 7, 90)]).toEqual(['OK', 'CRITICAL', 'OK', 'WARNING'])
  })
})

describe('daysUntilExpiry', () => {
  it.each([
    [null, null],
    [now + 10 * day, 10],
    [now + 10 * day - 1, 9],
    [now + day, 1],
    [now + day - 1, 0],
    [now + 1, 0],
    [now - 1, -1],
    [now - day, -1],
    [now - day - 1, -2],
  ])('for %p is rounded down to whole days: %p', (expiresAt, days) => {
    expect(daysUntilExpiry(expiresAt, now)).toBe(days)
  })

  it('is negative from the moment at which the status becomes EXPIRED', () => {
    expect(daysUntilExpiry(now, now)).toBeLessThan(0)
    expect(expiryStatus({ expiresAt: now, declaredExpired: false }, now, thresholds)).toBe('EXPIRED')
  })
})

describe('lifetimeRemaining', () => {
  it.each([
    [now - 50 * day, now + 50 * day, 0.5],
    [now - 30 * day, now + 90 * day, 0.75],
    [now - 1, now + 3, 0.75],
    [now, now + day, 1],
    [now + day, now + 2 * day, 1],
    [now - day, now, 0],
    [now - 3 * day, now - day, 0],
  ])('from %d to %d is %d', (validFrom, expiresAt, share) => {
    expect(lifetimeRemaining(validFrom, expiresAt, now)).toBe(share)
  })

  it.each([
    [null, now],
    [now, null],
    [null, null],
    [now, now],
    [now + day, now],
  ])('from %p to %p is null', (validFrom, expiresAt) => {
    expect(lifetimeRemaining(validFrom, expiresAt, now)).toBeNull()
  })
})
