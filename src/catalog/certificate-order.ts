import type { Certificate } from './certificate.ts'
import { createOrdering, type Ordering } from './ordering.ts'
import { fold } from './spelling.ts'

export const orderFields = ['CREATED_AT', 'EXPIRES_AT', 'NAME'] as const
export const orderDirections = ['ASC', 'DESC'] as const

export interface CertificateOrder {
  readonly field: (typeof orderFields)[number]
  readonly direction: (typeof orderDirections)[number]
}

const nameLength = 256

const keys: Record<CertificateOrder['field'], (certificate: Certificate) => string | number | null> = {
  CREATED_AT: (certificate) => certificate.createdAt,
  EXPIRES_AT: (certificate) => certificate.expiresAt,
  NAME: (certificate) => certificate.name && fold(certificate.name).slice(0, nameLength),
}

const orderings = new Map(
  orderFields.flatMap((field) =>
    orderDirections.map((direction) => {
      const name = `${field}:${direction}`
      return [name, createOrdering<Certificate>(name, direction, (row) => ({ key: keys[field](row), id: row.id }))]
    }),
  ),
)

/** The ordering of certificates that an order stands for; soonest expiry first when none is given. */
export function certificateOrdering(order?: CertificateOrder | null): Ordering<Certificate> {
  const { field, direction } = order ?? { field: 'EXPIRES_AT', direction: 'ASC' }
  const ordering = orderings.get(`${field}:${direction}`)
  if (!ordering) throw new Error(`no ordering ${field}:${direction}`)
  return ordering
}
