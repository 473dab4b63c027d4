import type { Certificate } from '../../src/catalog/certificate.ts'

/** An active certificate of an invented vendor, without a date, a name or anything of its X.509 certificate. */
export const plainCertificate: Certificate = {
  __typename: 'AcmeCertificate',
  id: 'id',
  provider: 'ACME',
  name: null,
  active: true,
  createdAt: null,
  validFrom: null,
  expiresAt: null,
  declaredExpired: false,
  deleted: false,
  x509: {},
  parseIssues: [],
  place: { id: 'here', provider: 'ACME', __typename: 'AcmeAccount', vendorId: 'here' },
}
