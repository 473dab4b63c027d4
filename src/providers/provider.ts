import type { ReadCertificate } from '../catalog/certificate.ts'
import type { ConfigPart } from '../config/part.ts'
import type { Operation } from '../operation.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/sandbox.ts'
import type { SchemaKit } from '../schema/kit.ts'
import type { UpstreamDependencies } from '../upstream/dependencies.ts'
import type { GlobalId } from './global-id.ts'
import type { CertificatePlace, Place, PlacedCertificate, SearchResult } from './place.ts'
import type { PrefetchQueue } from './prefetch.ts'
import type { VendorDescription } from './vendor-description.ts'

/** A vendor as the rest of the program knows it; `list.ts` has one line for each. */
export interface Provider<Config> extends ConfigPart<Config> {
  /** The configuration of a vendor that has none: its types stand in the graph all the same. */
  readonly none: Config
  create(config: Config, upstream: UpstreamDependencies): Vendor
  startSandbox(options: SandboxOptions<object>): Promise<Sandbox<unknown, unknown>>
}

/** Vendors by their keys in the configuration file. */
export type ProviderList = Readonly<Record<string, Provider<unknown>>>

/** A provider with its configuration: clients, readings and loaders, for the life of the process. */
export interface Vendor extends VendorDescription {
  /** The places that the configuration names, whoever may see them. */
  readonly configured: readonly Place[]
  /** Every place that is configured or discovered, as far as the caller may see it. */
  places(operation: Operation): Promise<SearchResult<Place>>
  /** The places whose lists together hold every certificate that the caller may see. */
  certificatePlaces(operation: Operation, maxStaleness?: number): Promise<SearchResult<CertificatePlace>>
  /** The places to be read ahead of need, by the budget they are read with. */
  readonly prefetchQueues: readonly PrefetchQueue[]
  /** How its nodes are found, by GraphQL type. */
  readonly lookups: Readonly<Record<string, Lookup>>
  /** Adds its types and root fields to the graph. */
  register(kit: SchemaKit): void
}

/** A vendor's own key of a node, for a subgraph that has no global ids. */
export interface EntityKey {
  /** The fields of the key, as a selection of the type. */
  readonly fields: string
  /** The global id for the ids at the leaves of that selection, which are checked; null when there is no such node. */
  toId(operation: Operation, ids: readonly string[]): string | Promise<string | null>
}

/** How a node is found; null, or nothing, when it is gone or its place is not configured. */
export type Lookup = ByGlobalId & { readonly entityKey?: EntityKey }

type ByGlobalId =
  | {
      readonly kind: 'place'
      find(operation: Operation, id: GlobalId, maxStaleness?: number): Promise<SearchResult<Place>>
    }
  | {
      readonly kind: 'certificate'
      find(operation: Operation, id: GlobalId): Promise<ReadCertificate<PlacedCertificate> | null>
    }
  | { readonly kind: 'other'; find(operation: Operation, id: GlobalId): Promise<object | null> }
