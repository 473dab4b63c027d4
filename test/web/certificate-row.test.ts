import { describe, expect, it } from '@jest/globals'
import { type CertificateRow, toCoverageOf, toStatusReason } from '../../web/certificate-row.ts'
import { toFailingSince } from '../../web/failing-sources.ts'
import { anyTime } from '../../web/list-variables.ts'

const now = Date.parse('2026-11-29T12:00:00Z')
const row = (changes: Partial<CertificateRow>) =>
  ({ expiryStatus: 'OK', expiresAt: '2027-11-29T12:00:00Z', parseIssues: [], ...changes }) as CertificateRow

describe('the reason of an expiry status', () => {
  it.each([
    [{ expiryStatus: 'EXPIRED', expiresAt: '2026-11-29T11:00:00Z' }, 'Past its end'],
    [{ expiryStatus: 'EXPIRED', expiresAt: null }, 'Expired by its status at the vendor'],
    [{ expiryStatus: 'EXPIRED', expiresAt: '2027-11-29T12:00:00Z' }, 'Expired by its status at the vendor'],
    [{ expiryStatus: 'CRITICAL' }, 'Ends within the critical time'],
    [{ expiryStatus: 'WARNING' }, 'Ends within the warning time'],
    [{ expiryStatus: 'UNKNOWN', expiresAt: null }, 'The vendor reports no date'],
    [{ expiryStatus: 'UNKNOWN', expiresAt: null, parseIssues: ['expires_at: not a date'] }, 'expires_at: not a date'],
    [{ expiryStatus: 'OK' }, 'Ends after the warning time'],
  ] as const)('of %j is: %s', (changes, reason) => {
    expect(toStatusReason(row(changes as Partial<CertificateRow>), now)).toBe(reason)
  })
})

describe('whether a certificate has a replacement', () => {
  it('is read from the list of those without one', () => {
    const coverageOf = toCoverageOf({ complete: true, nodes: [{ id: 'a' }] })
    expect([coverageOf('a'), coverageOf('b')]).toEqual(['not covered', 'covered'])
  })

  it('is unknown for a certificate in an incomplete list, which has those that could not be checked', () => {
    const coverageOf = toCoverageOf({ complete: false, nodes: [{ id: 'a' }] })
    expect(coverageOf('a')).toBe('unknown')
  })

  it('is unknown for a certificate that an incomplete list leaves out, because it may not have been read', () => {
    expect(toCoverageOf({ complete: false, nodes: [] })('b')).toBe('unknown')
    expect(toCoverageOf({ complete: false, nodes: [{ id: 'a' }] })('b')).toBe('unknown')
  })

  it('is unknown for a certificate that a list with more rows leaves out', () => {
    const coverageOf = toCoverageOf({ complete: true, totalCount: 2, nodes: [{ id: 'a' }] })
    expect([coverageOf('a'), coverageOf('b')]).toEqual(['not covered', 'unknown'])
  })

  it('is looked up until the last date that the API has', () => {
    const days = Number(/^P(\d+)D$/.exec(anyTime)?.[1])
    expect(now + days * 86_400_000).toBeGreaterThan(Date.parse('9999-12-31T23:59:59.999Z'))
  })

  it('is unknown when the list could not be read', () => {
    expect(toCoverageOf(null)('a')).toBe('unknown')
    expect(toCoverageOf(undefined)('a')).toBe('loading')
  })
})

describe('since when a source is failing', () => {
  it('stays as it was first noticed until the source is read', () => {
    const first = toFailingSince([{ id: 'a', status: 'FAILED' }], 1_000, new Map())
    expect(first.get('a')).toBe(1_000)
    const second = toFailingSince([{ id: 'a', status: 'STALE' }], 2_000, first)
    expect(second.get('a')).toBe(1_000)
    const third = toFailingSince([{ id: 'a', status: 'OK' }], 3_000, second)
    expect(third.has('a')).toBe(false)
    expect(toFailingSince([{ id: 'a', status: 'FAILED' }], 4_000, third).get('a')).toBe(4_000)
  })
})
