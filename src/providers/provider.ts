import type { ReadCertificate } from '../catalog/certificate.ts'
import type { ConfigPart } from '../config/part.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/sandbox.ts'
import type { Kit } from '../schema/kit.ts'
import type { Operation } from '../upstream/operation.ts'
import type { Upstream } from '../upstream/upstream.ts'
import type { GlobalId } from './global-id.ts'
import type { OwnKey } from './own-key.ts'
import type { CertificatePlace, Found, HeldCertificate, Place } from './place.ts'
import type { Rotation } from './prefetch.ts'

/** A vendor as the rest of the program knows it; `list.ts` has one line for each. */
export interface Provider<Config> extends ConfigPart<Config> {
  /** The configuration of a vendor that has none: its types stand in the graph all the same. */
  readonly none: Config
  create(config: Config, upstream: Upstream): Vendor
  startSandbox(options: SandboxOptions<never>): Promise<Sandbox<unknown, unknown>>
}

/** A provider with its configuration: clients, readings and loaders, for the life of the process. */
export interface Vendor {
  /** Its name in the enum CertificateProvider, and what the enum says of it. */
  readonly provider: string
  readonly description: string
  /** The places that the configuration names, whoever may see them. */
  readonly configured: readonly Place[]
  /** Every place that is configured or discovered, as far as the caller may see it. */
  places(operation: Operation): Promise<Found<Place>>
  /** The places whose lists together hold every certificate that the caller may see. */
  holders(operation: Operation, maxStaleness?: number): Promise<Found<CertificatePlace>>
  /** The places to be read ahead of need, by the budget they are read with. */
  readonly rotations: readonly Rotation[]
  /** How its nodes are found, by GraphQL type. */
  readonly lookups: Readonly<Record<string, Lookup>>
  /** Adds its types and root fields to the graph. */
  register(kit: Kit): void
}

/** How a node is found; null, or nothing, when it is gone or nobody configured it. */
export type Lookup = ByGlobalId & { readonly ownKey?: OwnKey }

type ByGlobalId =
  | { readonly kind: 'place'; find(operation: Operation, id: GlobalId, maxStaleness?: number): Promise<Found<Place>> }
  | {
      readonly kind: 'certificate'
      find(operation: Operation, id: GlobalId): Promise<ReadCertificate<HeldCertificate> | null>
    }
  | { readonly kind: 'other'; find(operation: Operation, id: GlobalId): Promise<object | null> }
