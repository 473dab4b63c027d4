import type { InputRef, InterfaceRef } from '@pothos/core'
import type { ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateOrder } from '../catalog/certificate-order.ts'
import type { HeldCertificate, Place } from '../providers/place.ts'
import type { Builder, Types } from './builder.ts'

/** What a vendor needs to add its types to the graph. */
export interface Kit {
  readonly builder: Builder
  readonly Certificate: InterfaceRef<Types, ReadCertificate<HeldCertificate>>
  readonly CertificateScope: InterfaceRef<Types, Place>
  readonly CertificateOrder: InputRef<CertificateOrder | null>
}
