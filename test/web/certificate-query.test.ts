import { describe, expect, it } from '@jest/globals'
import {
  parseCertificateQuery,
  toCertificatesHref,
  toExportSearch,
  toggleEntry,
  withoutCondition,
} from '../../web/certificate-query.ts'
import { toCoverageVariables, toListVariables } from '../../web/list-variables.ts'
import { toMonthHref } from '../../web/month-links.ts'

const searchOf = (href: string) => new URL(href, 'http://localhost').search
const queryOf = (href: string) => parseCertificateQuery(searchOf(href))

describe('the state of the list in the URL', () => {
  it('is the same after a round trip', () => {
    const conditions = {
      search: 'a & b=c ü',
      nameContains: 'api',
      providers: ['AKAMAI', 'OPENAI'],
      placeIds: ['QWthbWFp=='],
      expiryStatuses: ['EXPIRED', 'CRITICAL'],
      owners: ['Web, platform'],
      unowned: false,
      active: true,
      expiresWithin: 'P14D',
      expiringUncovered: 'P30D',
      expiresAfter: '2026-11-30T23:59:59.999Z',
      expiresBefore: '2027-01-01T00:00:00.000Z',
      excludeUnknownExpiry: true,
      includeDeleted: true,
      weaknesses: ['SHA1_SIGNATURE'],
      issuerContains: 'CN=Root + 1',
      subjectAltName: '*.example.com',
      serialNumber: '0a',
      sha256Fingerprint: 'ff',
    }
    const order = { field: 'CREATED_AT', direction: 'DESC' } as const
    const position = { after: 'YTpi+/==', from: 101 }
    expect(queryOf(toCertificatesHref({ conditions, order, position }))).toEqual({
      conditions,
      order,
      position,
      mistakes: [],
    })
  })

  it('is the first page of all certificates, soonest expiry first, without parameters', () => {
    expect(parseCertificateQuery('')).toEqual({
      conditions: {},
      order: { field: 'EXPIRES_AT', direction: 'ASC' },
      position: {},
      mistakes: [],
    })
    expect(toCertificatesHref({})).toBe('/certificates')
  })

  it('reports what is no condition, so that a list is not longer than its link says', () => {
    expect(parseCertificateQuery('?expiryStatus=EXPIRED&active=yes&search=a&search=b&orderBy=AGE').mistakes).toEqual([
      'expiryStatus=EXPIRED',
      'active=yes',
      'search=a',
      'search=b',
      'orderBy=AGE',
    ])
  })

  it('has the names of the API and no page in the query string of the exports', () => {
    const query = queryOf(
      '/certificates?providers=AKAMAI&providers=OPENAI&orderBy=NAME&direction=DESC&after=x&from=101',
    )
    expect(toExportSearch(query)).toBe('?providers=AKAMAI&providers=OPENAI&orderBy=NAME&direction=DESC')
  })

  it('drops an empty text and an empty list', () => {
    expect(parseCertificateQuery('?search=').conditions).toEqual({})
    expect(withoutCondition({ owners: ['a'] }, 'owners', 'a')).toEqual({})
    expect(toggleEntry({ owners: ['a'] }, 'owners', 'b')).toEqual({ owners: ['a', 'b'] })
    expect(toggleEntry({ owners: ['a', 'b'] }, 'owners', 'a')).toEqual({ owners: ['b'] })
  })
})

describe('the link to a month', () => {
  it('selects exactly the moments of the month in UTC', () => {
    expect(queryOf(toMonthHref('2026-12-01')).conditions).toEqual({
      expiresAfter: '2026-11-30T23:59:59.999Z',
      expiresBefore: '2027-01-01T00:00:00.000Z',
      excludeUnknownExpiry: true,
    })
  })
})

describe('the variables of a list', () => {
  it('ask for 100 rows after or before the cursor', () => {
    expect(toListVariables(queryOf('/certificates?after=x&from=101'))).toMatchObject({ first: 100, after: 'x' })
    expect(toListVariables(queryOf('/certificates?before=x&from=101'))).toMatchObject({ last: 100, before: 'x' })
  })

  it('read the replacements of the places of the page only', () => {
    const query = queryOf('/certificates?search=api')
    expect(toCoverageVariables(query, ['a', 'b', 'a'])).toEqual({
      first: 100,
      filter: { search: 'api', placeIds: ['a', 'b'], expiringUncovered: 'P100000000D' },
      orderBy: { field: 'EXPIRES_AT', direction: 'ASC' },
    })
    const ofPlace = queryOf('/certificates?placeIds=c&expiringUncovered=P30D')
    expect(toCoverageVariables(ofPlace, ['a']).filter).toEqual({ placeIds: ['c'], expiringUncovered: 'P30D' })
  })
})
