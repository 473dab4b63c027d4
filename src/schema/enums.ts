import type { expiryStatuses } from '../catalog/expiry.ts'
import type { certificateWeaknesses } from '../catalog/weakness.ts'
import type { Builder } from './builder.ts'

export type Enums = ReturnType<typeof registerEnums>

/** A value of the enum CertificateProvider. */
interface VendorName {
  readonly provider: string
  readonly description: string
}

/** The enums that several types share. */
export function registerEnums(builder: Builder, vendors: readonly VendorName[]) {
  const CertificateProvider = builder.enumType('CertificateProvider', {
    description: 'The vendors whose certificates are read.',
    values: Object.fromEntries(vendors.map(({ provider, description }) => [provider, { description }])),
  })
  const ExpiryStatus = builder.enumType('ExpiryStatus', {
    description: 'How far a certificate is from its end, at the one moment the operation counts from.',
    values: {
      CRITICAL: { description: 'At most the configured critical time is left, 14 days unless configured.' },
      EXPIRED: { description: 'It has ended, or the vendor says in words that it has.' },
      OK: { description: 'More time is left than the configured warning.' },
      UNKNOWN: { description: 'The vendor gives no usable date.' },
      WARNING: { description: 'At most the configured warning time is left, 30 days unless configured.' },
    } satisfies Record<(typeof expiryStatuses)[number], { description: string }>,
  })
  const CertificateWeakness = builder.enumType('CertificateWeakness', {
    description: 'What makes a certificate weaker than it should be today.',
    values: {
      EC_BELOW_256: { description: 'An ECDSA key on a curve of fewer than 256 bits.' },
      LIFETIME_OVER_398_DAYS: {
        description:
          'Valid for longer than the 398 days that browsers accept. Asked of server certificates alone, those of Akamai, and ' +
          'judged only where the vendor’s list tells when they begin: today it does not, so this is never checked.',
      },
      RSA_BELOW_2048: { description: 'An RSA key of fewer than 2048 bits.' },
      SHA1_SIGNATURE: { description: 'Signed over a hash by SHA-1.' },
    } satisfies Record<(typeof certificateWeaknesses)[number], { description: string }>,
  })
  return { CertificateProvider, ExpiryStatus, CertificateWeakness }
}
