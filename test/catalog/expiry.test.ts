import { describe, expect, it } from '@jest/globals'
import {
  daysUntilExpiry,
  type ExpiryRules,
  expiryDays,
  expiryStatus,
  lifetimeRemaining,
  statusChanges,
} from '../../src/catalog/expiry.ts'

const day = 86_400_000
const now = Date.UTC(2030, 0, 1)
const thresholds = { critical: 14 * day, warning: 30 * day }
const plain = { provider: 'OPENAI', validFrom: null, declaredExpired: false }

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
    expect(expiryStatus({ ...plain, expiresAt }, now, thresholds)).toBe(status)
    // The date has precedence over the vendor's status.
    expect(expiryStatus({ ...plain, expiresAt, declaredExpired: true }, now, thresholds)).toBe(status)
  })

  it('without a date is UNKNOWN, or EXPIRED when the vendor declares it', () => {
    expect(expiryStatus({ ...plain, expiresAt: null }, now, thresholds)).toBe('UNKNOWN')
    expect(expiryStatus({ ...plain, expiresAt: null, declaredExpired: true }, now, thresholds)).toBe('EXPIRED')
  })

  it('depends on the configured thresholds', () => {
    const at = (days: number, critical: number, warning: number) =>
      expiryStatus({ ...plain, expiresAt: now + days * day }, now, {
        critical: critical * day,
        warning: warning * day,
      })
    expect([at(1, 0, 0), at(7, 7, 7), at(8, 7, 7), at(8, 7, 90)]).toEqual(['OK', 'CRITICAL', 'OK', 'WARNING'])
  })
})

describe('expiryStatus by lifetime', () => {
  const lifetime = { critical: { numerator: 1, denominator: 6 }, warning: { numerator: 1, denominator: 3 } }
  const rules: ExpiryRules = { ...thresholds, lifetime }
  /** The status of a certificate that is valid for a number of days, with some milliseconds left. */
  const at = (days: number, left: number, by = rules) =>
    expiryStatus({ ...plain, validFrom: now + left - days * day, expiresAt: now + left }, now, by)

  it.each([
    [6, 2, 1],
    [47, 47 / 3, 47 / 6],
    // From here on, the days are smaller than the shares.
    [90, 30, 14],
    [200, 30, 14],
    [730, 30, 14],
  ])('of a certificate of %d days is WARNING at %d days and CRITICAL at %d', (days, warning, critical) => {
    expect([
      at(days, days * day),
      at(days, warning * day + 1),
      at(days, warning * day),
      at(days, critical * day + 1),
      at(days, critical * day),
      at(days, 1),
      at(days, 0),
    ]).toEqual(['OK', 'OK', 'WARNING', 'WARNING', 'CRITICAL', 'CRITICAL', 'EXPIRED'])
  })

  it.each([
    ['the start is not in the list', undefined],
    ['the vendor gives no start', null],
    ['the start is the end', now + 10 * day],
    ['the start is after the end', now + 11 * day],
  ])('is by days alone when %s', (_case, validFrom) => {
    const row = { ...plain, validFrom, expiresAt: now + 10 * day }
    expect(expiryStatus(row, now, rules)).toBe('CRITICAL')
    expect(expiryStatus({ ...row, validFrom: now - day }, now, rules)).toBe('OK')
  })

  it('uses the thresholds of the vendor', () => {
    const vendors = { OPENAI: { critical: 14 * day, warning: 180 * day, lifetime: null } }
    const row = { ...plain, validFrom: now, expiresAt: now + 150 * day }
    expect(expiryStatus(row, now, { ...rules, vendors })).toBe('WARNING')
    expect(expiryStatus({ ...row, provider: 'AKAMAI' }, now, { ...rules, vendors })).toBe('OK')
  })

  it('compares exactly where the share of a lifetime is no whole number', () => {
    const third = { ...thresholds, lifetime: { ...lifetime, warning: { numerator: 1, denominator: 3 } } }
    const row = (left: number) => ({ ...plain, validFrom: now + left - 100, expiresAt: now + left })
    expect([33, 34].map((left) => expiryStatus(row(left), now, third))).toEqual(['WARNING', 'OK'])
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
    expect(expiryStatus({ ...plain, expiresAt: now }, now, thresholds)).toBe('EXPIRED')
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

describe('the changes of what depends on the time', () => {
  const third = { numerator: 1, denominator: 3 }
  const certificate = { ...plain, validFrom: now - 100, expiresAt: now + 40 * day + 7 }
  const rules = { ...thresholds, lifetime: { critical: third, warning: third } }
  const short = { ...certificate, validFrom: certificate.expiresAt - 100 }
  const cases = [
    [certificate, thresholds],
    [certificate, rules],
    [short, rules],
    [{ ...certificate, expiresAt: null }, rules],
  ] as const
  /** What the fields of a certificate are at a moment. */
  const at = ([row, by]: (typeof cases)[number], moment: number) => [
    expiryStatus(row, moment, by),
    daysUntilExpiry(row.expiresAt, moment),
  ]

  it.each(cases)('are at every moment at which a value differs from that before: case %#', (...each) => {
    const [{ expiresAt }, by] = each
    const ends = [0, 14, 30].map((days) => certificate.expiresAt - days * day)
    const moments = ends.flatMap((end) => Array.from({ length: 90 }, (_, index) => end - 60 + index))
    for (const moment of moments) {
      const changes = [...statusChanges(each[0], by), ...expiryDays(expiresAt, moment)]
      const isNear = changes.some((change) => moment - 1 <= change && change <= moment)
      if (!isNear) expect(at(each, moment)).toEqual(at(each, moment - 1))
    }
  })

  it('are a day apart for the days that are left, and both this moment when a whole number of days is left', () => {
    const { expiresAt } = certificate
    expect(expiryDays(expiresAt, now)).toEqual([now - day + 7, now + 7])
    expect(expiryDays(expiresAt, now + 7)).toEqual([now + 7, now + 7])
    expect(expiryDays(expiresAt, expiresAt + 1)).toEqual([expiresAt, expiresAt + day])
  })
})
