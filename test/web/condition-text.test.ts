import { describe, expect, it } from '@jest/globals'
import { parseCertificateQuery } from '../../web/certificate-query.ts'
import { toConditionTexts } from '../../web/condition-text.ts'
import { formatUtcDate } from '../../web/format.ts'

const textsOf = (search: string, labels: Record<string, string> = {}) =>
  toConditionTexts(parseCertificateQuery(search).conditions, (id) => labels[id]).map(({ text }) => text)

describe('the conditions of a list in words', () => {
  it('are one for each entry of a list, without the text that is searched', () => {
    expect(textsOf('?search=api&providers=AKAMAI&providers=EXAMPLE&expiryStatuses=EXPIRED&owners=web')).toEqual([
      'Vendor: Akamai CPS',
      'Vendor: Example',
      'Status: Expired',
      'Owner: web',
    ])
  })

  it('have the label of a place, and the id of the vendor until it is known', () => {
    const id = btoa('AkamaiContract:C-1')
    expect(textsOf(`?placeIds=${encodeURIComponent(id)}`)).toEqual(['Place: C-1'])
    expect(textsOf(`?placeIds=${encodeURIComponent(id)}`, { [id]: 'Shop' })).toEqual(['Place: Shop'])
    expect(textsOf('?placeIds=C-1')).toEqual(['Place: C-1'])
    // Valid Base64, and no global id.
    expect(textsOf('?placeIds=52710934')).toEqual(['Place: 52710934'])
  })

  it('have the days of UTC at the limits of a month, in whatever zone the reader is', () => {
    expect(textsOf('?expiresAfter=2026-11-30T23:59:59.999Z&expiresBefore=2027-01-01T00:00:00.000Z')).toEqual([
      `Expires after ${formatUtcDate(Date.parse('2026-11-30'))} UTC`,
      `Expires before ${formatUtcDate(Date.parse('2027-01-01'))} UTC`,
    ])
    expect(textsOf('?expiresBefore=2027-01-01T10:30:00Z')).toEqual(['Expires before 2027-01-01 10:30:00.000 UTC'])
    expect(textsOf('?expiresBefore=soon')).toEqual(['Expires before soon'])
  })

  it.each([
    ['expiresWithin=P14D', 'Expires within 14 days'],
    ['expiringUncovered=P30D', 'No replacement, expires within 30 days'],
    ['unowned=true', 'Without an owner'],
    ['unowned=false', 'With an owner'],
    ['active=false', 'Not in force'],
    ['includeDeleted=true', 'Deleted ones included'],
    ['excludeUnknownExpiry=true', 'With a known date only'],
    ['subjectAltName=api.example.com', 'Covers api.example.com'],
    ['sha256Fingerprint=ff', 'SHA-256 ff'],
    ['weaknesses=SHA1_SIGNATURE', 'Weakness: SHA1_SIGNATURE'],
  ])('%s is: %s', (parameter, text) => {
    expect(textsOf(`?${parameter}`)).toEqual([text])
  })
})
