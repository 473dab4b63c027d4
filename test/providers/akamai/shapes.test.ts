import { toAkamaiEnrollment } from '../../../src/providers/akamai/certificate.ts'
import { toEnrollmentDetails } from '../../../src/providers/akamai/enrollment-details.ts'
import { enrollmentDetailsShape, enrollmentShape } from '../../../src/providers/akamai/wire.ts'
import { describeShape } from '../../support/describe-shape.ts'
import { akamaiContractOf } from '../../support/idle-places.ts'

const contract = akamaiContractOf()

const networkSettings = {
  geography: 'core',
  secureNetwork: 'enhanced-tls',
  sniOnly: true,
  quicEnabled: false,
  ocspStapling: 'not-set',
  disallowedTlsVersions: ['TLSv1'],
}
const networkConfiguration = { dnsNames: ['a.example'], ...networkSettings }
const certificate = {
  issuer: 'CN=CA',
  keyAlgorithm: 'RSA',
  serial: '0a:0b',
  sha256Fingerprint: 'ab'.repeat(32),
  signatureAlgorithm: 'SHA256withRSA',
}
const expiry = '2030-01-31T23:59:59Z'
const listed = { ...certificate, expiry: Date.parse(expiry), issues: [] }

describeShape('a row of active certificates', {
  shape: enrollmentShape,
  rows: [
    {
      id: 7,
      certificateType: 'san',
      csr: { cn: 'a.example', sans: ['a.example'], organization: 'Example' },
      pendingChanges: [{ changeType: 'renewal', location: '/cps/v2/enrollments/7/changes/8' }],
      production: {
        primaryCertificate: { ...certificate, expiry, slots: [1] },
        multiStackedCertificates: [{ ...certificate, expiry }],
        networkConfiguration: { ...networkConfiguration, fipsMode: false },
      },
      staging: { primaryCertificate: { ...certificate, expiry } },
    },
  ],
  parsed: [
    {
      id: '7',
      certificateType: 'san',
      csr: { cn: 'a.example', sans: ['a.example'] },
      pendingChanges: [{ changeType: 'renewal', location: '/cps/v2/enrollments/7/changes/8' }],
      production: {
        primaryCertificate: listed,
        multiStackedCertificates: [listed],
        networkConfiguration,
        unreadable: 0,
      },
      staging: {
        primaryCertificate: listed,
        multiStackedCertificates: [],
        networkConfiguration: {
          dnsNames: null,
          geography: null,
          secureNetwork: null,
          sniOnly: null,
          quicEnabled: null,
          ocspStapling: null,
          disallowedTlsVersions: null,
        },
        unreadable: 0,
      },
      issues: [],
    },
  ],
  toValue: (row) => toAkamaiEnrollment(row, contract),
})

const requestedNetwork = {
  ...networkSettings,
  mustHaveCiphers: 'ak-akamai-default',
  preferredCiphers: 'ak-akamai-2020q1',
  dnsNameSettings: { cloneDnsNames: false, dnsNames: ['a.example'] },
  clientMutualAuthentication: {
    setId: '5',
    authenticationOptions: { ocsp: { enabled: true }, sendCaListToClient: false },
  },
}

const details = { ra: 'lets-encrypt', validationType: 'dv' }

const detailRows = [
  {
    ...details,
    id: 7,
    autoRenewalStartTime: '2030-01-01T00:00:00Z',
    networkConfiguration: { ...requestedNetwork, fipsMode: false },
    adminContact: { email: 'certificate-desk@example.com' },
  },
  { ...details, id: null, location: '/cps/v2/enrollments/8' },
]

describeShape('a row of enrollments', {
  shape: enrollmentDetailsShape,
  rows: detailRows,
  parsed: [
    {
      ...details,
      id: '7',
      autoRenewalStartTime: Date.parse('2030-01-01T00:00:00Z'),
      networkConfiguration: requestedNetwork,
      issues: [],
    },
    { ...details, id: '8', autoRenewalStartTime: null, networkConfiguration: null, issues: [] },
  ],
  toValue: (row) => [row.id, toEnrollmentDetails(row)],
})
