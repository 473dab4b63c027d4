import type { expiryStatuses } from '../catalog/expiry.ts'
import type { certificateWeaknesses } from '../catalog/weakness.ts'
import type { VendorDescription } from '../providers/vendor-description.ts'
import type { Builder } from './builder.ts'

export type Enums = ReturnType<typeof registerEnums>

/** The enums that several types use. */
export function registerEnums(builder: Builder, vendors: readonly VendorDescription[]) {
  const CertificateProvider = builder.enumType('CertificateProvider', {
    description: 'A vendor that holds certificates.',
    values: Object.fromEntries(vendors.map(({ provider, description }) => [provider, { description }])),
  })
  const ExpiryStatus = builder.enumType('ExpiryStatus', {
    description:
      'How close a certificate is to its expiry, at the time the operation started. Shares of the lifetime apply where ' +
      'the vendor’s list has `validFrom` and `expiresAt`. What a query selects does not change the status.',
    values: {
      CRITICAL: {
        description:
          'Expires within the configured critical time. Default: 14 days, or a sixth of the lifetime if that is less.',
      },
      EXPIRED: { description: 'Has expired, by its date or by the vendor’s status.' },
      OK: { description: 'Expires later than the warning time.' },
      UNKNOWN: { description: 'The vendor reports no expiry date that can be read.' },
      WARNING: {
        description:
          'Expires within the configured warning time, and not within the critical time. Default: 30 days, or a third of ' +
          'the lifetime if that is less.',
      },
    } satisfies Record<(typeof expiryStatuses)[number], { description: string }>,
  })
  const CertificateWeakness = builder.enumType('CertificateWeakness', {
    description: 'A property that makes a certificate weaker than recommended.',
    values: {
      EC_BELOW_256: { description: 'An ECDSA key on a curve of fewer than 256 bits.' },
      LIFETIME_OVER_BASELINE: {
        description:
          'A server certificate that is valid for longer than the CA/Browser Forum’s Baseline Requirements allowed on the ' +
          'day its validity starts: 825 days from 2018-03-01, 398 from 2020-09-01, 200 from 2026-03-15, 100 from ' +
          '2027-03-15, 47 from 2029-03-15. A server certificate has the extended key usage serverAuth or none.',
      },
      MD5_SIGNATURE: { description: 'A signature with the hash algorithm MD5 or one of its predecessors MD2 and MD4.' },
      RSA_BELOW_2048: { description: 'An RSA key of fewer than 2048 bits.' },
      SHA1_SIGNATURE: { description: 'A signature with the hash algorithm SHA-1.' },
    } satisfies Record<(typeof certificateWeaknesses)[number], { description: string }>,
  })
  return { CertificateProvider, ExpiryStatus, CertificateWeakness }
}
