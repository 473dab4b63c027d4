import { noX509Details } from '../../../src/catalog/x509.ts'
import { toGlobalId } from '../../../src/providers/global-id.ts'
import type { PlacedCertificate } from '../../../src/providers/place.ts'
import type { ExampleAccount } from './places.ts'
import type { WireCertificate } from './wire.ts'

export interface ExampleCertificate extends PlacedCertificate {
  readonly place: ExampleAccount
  readonly certificateId: string
}

export function toExampleCertificate(row: WireCertificate, account: ExampleAccount): ExampleCertificate {
  return {
    __typename: 'ExampleCertificate',
    id: toGlobalId('ExampleCertificate', account.vendorId, row.id),
    provider: 'EXAMPLE',
    place: account,
    certificateId: row.id,
    name: row.label,
    active: row.state === null ? null : row.state === 'issued',
    createdAt: null,
    validFrom: null,
    expiresAt: row.notAfter,
    declaredExpired: false,
    deleted: false,
    x509: noX509Details,
    parseIssues: row.issues,
  }
}
