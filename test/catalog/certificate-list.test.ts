import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../src/catalog/certificate.ts'
import {
  CertificateList,
  certificateOrdering,
  orderDirections,
  orderFields,
} from '../../src/catalog/certificate-list.ts'

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
  const sorted = (direction: 'ASC' | 'DESC') => list.sorted(certificateOrdering({ field: 'EXPIRES_AT', direction }))

  it('sorts once per order and keeps its rows in the original order', () => {
    expect(sorted('ASC').map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect(sorted('DESC').map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd'])
    expect(sorted('ASC')).toBe(sorted('ASC'))
    expect(list.rows).toEqual(rows)
    expect(rows.map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c'])
  })

  it('finds a certificate by id and has the number of unreadable rows', () => {
    expect(list.find('c')).toBe(rows[3])
    expect(list.find('e')).toBeUndefined()
    expect(list.unreadableRows).toBe(2)
  })
})
