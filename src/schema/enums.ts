import type { expiryStatuses } from '../catalog/expiry.ts'
import type { Vendor } from '../providers/provider.ts'
import type { Builder } from './builder.ts'

export type Enums = ReturnType<typeof registerEnums>

/** The enums that several types share. */
export function registerEnums(builder: Builder, vendors: readonly Vendor[]) {
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
  return { CertificateProvider, ExpiryStatus }
}
