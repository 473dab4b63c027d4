import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../src/catalog/certificate.ts'
import {
  CertificateList,
  certificateOrdering,
  orderDirections,
  orderFields,
} from '../../src/catalog/certificate-list.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

const row = (id: string, rest: Partial<Certificate> = {}): Certificate => ({
  __typename: 'AcmeCertificate',
  id,
  provider: 'ACME',
  name: null,
  active: null,
  createdAt: null,
  validFrom: null,
  expiresAt: null,
  declaredExpired: false,
  deleted: null,
  place: { id: 'here', provider: 'ACME', __typename: 'AcmeAccount', vendorId: 'here' },
  x509: {},
  parseIssues: [],
  ...rest,
})

describe('certificateOrdering', () => {
  it('has a different name for each order', () => {
    const names = orderFields.flatMap((field) =>
      orderDirections.map((direction) => certificateOrdering({ field, direction }).name),
    )
    expect(new Set(names).size).toBe(8)
  })

  it.each([undefined, null])('defaults to soonest expiry first for %p', (order) => {
    expect(certificateOrdering(order)).toBe(certificateOrdering({ field: 'EXPIRES_AT', direction: 'ASC' }))
  })

  it('uses the composed, lower-case name, cut to 256 code units, as key', () => {
    const { position } = certificateOrdering({ field: 'NAME', direction: 'ASC' })
    const keyOf = (name: string | null) => position(row('a', { name })).key
    expect(keyOf('E\u0301TAGE')).toBe('étage')
    expect(keyOf('A'.repeat(300))).toBe('a'.repeat(256))
    // The name is composed before it is cut: the decomposed name is twice as long.
    expect(keyOf('E\u0301'.repeat(200))).toBe('é'.repeat(200))
    // One letter may become two in lower case.
    expect(keyOf('İ'.repeat(200))).toHaveLength(256)
    expect(keyOf('')).toBe('')
    expect(keyOf(null)).toBeNull()
  })
})

describe('CertificateList', () => {
  const rows = [row('b', { expiresAt: 5 }), row('d'), row('a', { expiresAt: 5 }), row('c', { expiresAt: 9 })]
  const list = new CertificateList(rows, 2)
  const sorted = (direction: 'ASC' | 'DESC') =>
    list.sorted(list.rows, certificateOrdering({ field: 'EXPIRES_AT', direction }), endlessTimeSlice)

  it('sorts once per order and keeps its rows in the original order', async () => {
    expect((await sorted('ASC')).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect((await sorted('DESC')).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd'])
    expect(sorted('ASC')).toBe(sorted('ASC'))
    expect(list.rows).toEqual(rows)
    expect(rows.map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c'])
  })

  it('sorts the rows that are not soft-deleted separately, and shares their order when none is', async () => {
    const kept = new CertificateList([row('b', { deleted: true }), row('a'), row('c', { deleted: false })])
    const ordering = certificateOrdering({ field: 'PLACE', direction: 'ASC' })
    expect((await kept.sorted(kept.rows, ordering, endlessTimeSlice)).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect((await kept.sorted(kept.present, ordering, endlessTimeSlice)).map(({ id }) => id)).toEqual(['a', 'c'])
    expect(list.present).toBe(list.rows)
  })

  it('finds the rows whose name, or name or subject alternative name, contains a text', async () => {
    const named = [
      row('a', { name: 'Gateway', x509: { subjectAltNames: ['www.example', 'Café'] } }),
      row('b', { name: null, x509: { subjectAltNames: ['gateway.example'] } }),
      row('c', { name: 'Cafe\u0301 gate' }),
      row('d'),
    ]
    const texts = new CertificateList(named)
    const ids = (found: Iterable<Certificate>) => [...found].map(({ id }) => id).join('')
    for (const [part, byName, byText] of [
      ['TEWA', 'a', 'ab'],
      ['gateways', '', ''],
      ['gate', 'ac', 'abc'],
      ['CAFÉ', 'c', 'ac'],
      ['ywww', '', ''],
      ['.*', '', ''],
    ] as const) {
      expect(ids(await texts.withName(part, endlessTimeSlice))).toBe(byName)
      expect(ids(await texts.withText(part, endlessTimeSlice))).toBe(byText)
    }
  })

  it('finds texts with U+0000 in names that have it, and in no two names', async () => {
    const named = [
      row('a', { name: 'web' }),
      row('b', { name: 'we\0b', x509: { subjectAltNames: ['\0'] } }),
      row('c', { name: 'b', x509: { subjectAltNames: ['we', 'b'] } }),
      row('d', { name: 'web\0' }),
    ]
    const texts = new CertificateList(named)
    const ids = (found: Iterable<Certificate>) => [...found].map(({ id }) => id).join('')
    for (const [part, byName, byText] of [
      ['e\0b', 'b', 'b'],
      ['b\0', 'd', 'd'],
      ['\0', 'bd', 'bd'],
      ['we', 'abd', 'abcd'],
      ['', 'abcd', 'abcd'],
    ] as const) {
      expect(ids(await texts.withName(part, endlessTimeSlice))).toBe(byName)
      expect(ids(await texts.withText(part, endlessTimeSlice))).toBe(byText)
    }
  })

  it('finds every row of a long list that contains a text', async () => {
    const long = Array.from({ length: 9_000 }, (_, index) => row(String(index), { name: `name-${index}.example` }))
    const found = await new CertificateList(long).withName('99.', endlessTimeSlice)
    expect([...found].map(({ id }) => id)).toEqual(long.map(({ id }) => id).filter((id) => id.endsWith('99')))
  })

  it('finds a certificate by id and has the number of unreadable rows', () => {
    expect(list.find('c')).toBe(rows[3])
    expect(list.find('e')).toBeUndefined()
    expect(list.unreadableRows).toBe(2)
  })
})
