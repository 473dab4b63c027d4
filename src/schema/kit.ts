import type { InterfaceRef } from '@pothos/core'
import type { ReadCertificate } from '../catalog/certificate.ts'
import type { Place, PlacedCertificate } from '../providers/place.ts'
import type { guards } from './authorization.ts'
import type { Builder, Types } from './builder.ts'
import type { ListArguments } from './certificate-input.ts'
import type { prices } from './cost/prices.ts'
import type { AsEntity } from './federation/entities.ts'
import type { DescribeFields } from './field-descriptions.ts'
import type { RegisterMutationInput } from './mutation-input.ts'
import type { toDateTime } from './scalars.ts'
import type { ListCertificates } from './search/place-list.ts'

/** What a vendor needs to add its types to the graph. */
export interface SchemaKit {
  readonly builder: Builder
  readonly Certificate: InterfaceRef<Types, ReadCertificate<PlacedCertificate>>
  readonly CertificatePlace: InterfaceRef<Types, Place>
  /** The arguments of every list of certificates. */
  readonly listArguments: ListArguments
  /** The resolver of a place's list of certificates. */
  readonly listCertificates: ListCertificates
  /** Registers the input of a mutation, with the fields that all of them have. */
  readonly mutationInput: RegisterMutationInput
  readonly asEntity: AsEntity
  readonly describeFields: DescribeFields
  readonly guards: typeof guards
  /** What fields cost that are more than a value or an object. */
  readonly prices: typeof prices
  readonly toDateTime: typeof toDateTime
}
