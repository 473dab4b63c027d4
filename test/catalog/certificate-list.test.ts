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
  x509: undefined,
  parseIssues: [],
  ...rest,
})

describe('an ordering of certificates', () => {
  it('has a name of its own for each of the six orders', () => {
    const names = orderFields.flatMap((field) =>
      orderDirections.map((direction) => certificateOrdering({ field, direction }).name),
    )
    expect(new Set(names).size).toBe(6)
  })

  it.each([undefined, null])('is by expiry, soonest first, for %p', (order) => {
    expect(certificateOrdering(order)).toBe(certificateOrdering({ field: 'EXPIRES_AT', direction: 'ASC' }))
  })

  it('keys a name by what is left of it composed, in lower case and cut to 256 code units', () => {
    const { position } = certificateOrdering({ field: 'NAME', direction: 'ASC' })
    const keyOf = (name: string | null) => position(row('a', { name })).key
    expect(keyOf('E\u0301TAGE')).toBe('étage')
    expect(keyOf('A'.repeat(300))).toBe('a'.repeat(256))
    // Composed first and cut last: decomposed, these are twice as many.
    expect(keyOf('E\u0301'.repeat(200))).toBe('é'.repeat(200))
    // A letter may become two in lower case.
    expect(keyOf('İ'.repeat(200))).toHaveLength(256)
    expect(keyOf('')).toBe('')
    expect(keyOf(null)).toBeNull()
  })
})

describe('a list of certificates', () => {
  const rows = [row('b', { expiresAt: 5 }), row('d'), row('a', { expiresAt: 5 }), row('c', { expiresAt: 9 })]
  const list = new CertificateList(rows, 2)
  const sorted = (direction: 'ASC' | 'DESC') => list.sorted(certificateOrdering({ field: 'EXPIRES_AT', direction }))

  it('is sorted once for each order, and stays as it was read', () => {
    expect(sorted('ASC').map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect(sorted('DESC').map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd'])
    expect(sorted('ASC')).toBe(sorted('ASC'))
    expect(list.rows).toEqual(rows)
    expect(rows.map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c'])
  })

  it('finds a certificate by its id, and knows how many rows are lost', () => {
    expect(list.find('c')).toBe(rows[3])
    expect(list.find('e')).toBeUndefined()
    expect(list.unreadableRows).toBe(2)
  })
})
