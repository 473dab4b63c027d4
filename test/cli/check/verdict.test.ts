import { describe, expect, it } from '@jest/globals'
import type { CheckedCertificate, CheckedSource } from '../../../src/cli/check/operation.ts'
import type { CheckedState } from '../../../src/cli/check/read-certificates.ts'
import { judge } from '../../../src/cli/check/verdict.ts'

const now = Date.UTC(2030, 0, 1)
const day = 86_400_000

const certificate = (expiryStatus: CheckedCertificate['expiryStatus'], days: number | null): CheckedCertificate => ({
  id: `${expiryStatus} ${days}`,
  provider: 'LIVEPERSON',
  name: 'chat',
  expiresAt: days === null ? null : new Date(now + days * day).toISOString(),
  expiryStatus,
  place: { id: 'place', vendorId: 'le1', label: 'Chat' },
  owner: null,
})
const source = (overrides: Partial<CheckedSource>): CheckedSource => ({
  kind: 'CERTIFICATES',
  status: 'OK',
  asOf: new Date(now).toISOString(),
  unreadableRows: 0,
  place: { id: 'place', provider: 'LIVEPERSON', vendorId: 'le1606809', label: 'Chat' },
  error: null,
  ...overrides,
})
const failed = source({
  status: 'FAILED',
  asOf: null,
  error: { code: 'UPSTREAM_UNAVAILABLE', message: 'LivePerson answered 503', httpStatus: 503 },
})
const expired = certificate('EXPIRED', -3)
const critical = certificate('CRITICAL', 3.5)
const warning = certificate('WARNING', 20)
const unknown = certificate('UNKNOWN', null)

function verdictOf(state: Partial<CheckedState>, thresholds: { warning?: number; critical?: number } = {}) {
  return judge(
    { total: 9, suspects: [], sources: [source({})], incompleteReasons: [], errors: [], ...state },
    {
      now,
      thresholds: { warning: undefined, critical: undefined, ...thresholds },
      brandOf: () => 'LivePerson',
    },
  )
}

const summary = ({ status, exitCode, parts }: ReturnType<typeof verdictOf>) =>
  `${exitCode} ${status}: ${parts.join(', ')}`

describe('the verdict of a check', () => {
  it.each<[string, Partial<CheckedState>]>([
    ['0 OK: 9 certificates, none is due', {}],
    ['1 WARNING: 1 within 30d', { suspects: [warning] }],
    ['2 CRITICAL: 1 within 14d', { suspects: [critical] }],
    ['2 CRITICAL: 1 expired', { suspects: [expired] }],
    ['3 UNKNOWN: 1 of unknown expiry', { suspects: [unknown] }],
    ['3 UNKNOWN: LivePerson le1606809 unreadable (503)', { sources: [failed], incompleteReasons: ['It failed.'] }],
    ['3 UNKNOWN: no certificate of owner shop', { errors: ['no certificate of owner shop'] }],
    ['3 UNKNOWN: the answer is incomplete', { incompleteReasons: ['A filter could not be applied.'] }],
    [
      '2 CRITICAL: 1 expired, 1 within 14d, LivePerson le1606809 unreadable (503), 1 of unknown expiry, 1 within 30d',
      { suspects: [warning, unknown, critical, expired], sources: [failed], incompleteReasons: ['It failed.'] },
    ],
    [
      '3 UNKNOWN: LivePerson le1606809 unreadable (503), 1 within 30d',
      { suspects: [warning], sources: [failed], incompleteReasons: ['It failed.'] },
    ],
    ['3 UNKNOWN: 1 of unknown expiry, 1 within 30d', { suspects: [warning, unknown] }],
  ])('is %s', (expected, state) => {
    expect(summary(verdictOf(state))).toBe(expected)
  })

  it('is unknown while a source is stale or has unreadable rows, and says since when', () => {
    const asOf = new Date(now - 5 * 3_600_000).toISOString()
    const error = { code: 'UPSTREAM_TIMEOUT', message: 'no answer', httpStatus: null }
    const sources = [
      source({ status: 'STALE', asOf, error }),
      source({ unreadableRows: 2 }),
      source({ ...failed, kind: 'DISCOVERY' }),
      source({ ...failed, kind: 'ENROLLMENTS' }),
    ]
    expect(verdictOf({ sources, incompleteReasons: ['a', 'b', 'c'] }).parts).toEqual([
      'LivePerson le1606809 not read for 5 h (UPSTREAM_TIMEOUT)',
      'LivePerson le1606809 has 2 unreadable rows',
      'LivePerson le1606809 list of places unreadable (503)',
      '1 more problem',
    ])
  })

  it('takes the status of the server for a threshold that is not given', () => {
    const suspects = [certificate('CRITICAL', 3), certificate('WARNING', 9), certificate('OK', 40)]
    expect(summary(verdictOf({ suspects }))).toBe('2 CRITICAL: 1 within 14d, 1 within 30d')
    expect(summary(verdictOf({ suspects }, { critical: 10 * day }))).toBe('2 CRITICAL: 2 within 10d')
    expect(summary(verdictOf({ suspects }, { critical: day }))).toBe('1 WARNING: 2 within 30d')
    expect(summary(verdictOf({ suspects }, { warning: 45 * day }))).toBe('2 CRITICAL: 1 within 14d, 2 within 45d')
    expect(summary(verdictOf({ suspects }, { warning: day, critical: 12 * 3_600_000 }))).toBe(
      '0 OK: 9 certificates, none is due',
    )
  })

  it('counts a certificate that expires exactly at a threshold', () => {
    const suspects = [certificate('OK', 10)]
    expect(verdictOf({ suspects }, { critical: 10 * day }).status).toBe('CRITICAL')
    expect(verdictOf({ suspects }, { critical: 10 * day - 1 }).status).toBe('OK')
  })

  it('names a number of days that holds when the server has longer thresholds', () => {
    expect(verdictOf({ suspects: [certificate('WARNING', 120.5), warning] }).parts).toEqual(['2 within 121d'])
  })

  it('counts a certificate as expired once its time has passed, and one that its vendor calls so', () => {
    const suspects = [certificate('CRITICAL', -0.001), certificate('EXPIRED', null)]
    expect(verdictOf({ suspects }).counts).toMatchObject({ EXPIRED: 2, CRITICAL: 0, UNKNOWN: 0 })
  })

  it('lists the worst certificates first, and of those the ones that expire first', () => {
    const suspects = [unknown, warning, certificate('CRITICAL', 9), critical, certificate('EXPIRED', null), expired]
    expect(verdictOf({ suspects }).certificates.map(({ id }) => id)).toEqual([
      'EXPIRED -3',
      'EXPIRED null',
      'CRITICAL 3.5',
      'CRITICAL 9',
      'UNKNOWN null',
      'WARNING 20',
    ])
  })
})
