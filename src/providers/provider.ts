import type { ReadCertificate } from '../catalog/certificate.ts'
import type { ConfigPart } from '../config/part.ts'
import type { Caller, Operation, PlaceIndex } from '../operation.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/sandbox.ts'
import type { SchemaKit } from '../schema/kit.ts'
import type { UpstreamDependencies } from '../upstream/dependencies.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import type { RateLimitStatus } from '../upstream/rate-limit/rate-limiter.ts'
import type { Catalogue } from './catalogue.ts'
import type { GlobalId } from './global-id.ts'
import type { KnownPlaces } from './known-places.ts'
import type { CertificateHolder, Place, PlacedCertificate, SearchResult } from './place.ts'
import type { PrefetchQueue } from './prefetch.ts'
import type { VendorDescription } from './vendor-description.ts'

/** What a vendor's folder provides: the entry in `list.ts`. */
export interface Provider<Config> extends ConfigPart<Config> {
  /** The value of the enum CertificateProvider. */
  readonly provider: string
  /** The name of the vendor in texts. */
  readonly brand: string
  /** The configuration without any place. It is used when the vendor is not configured: its types are in the schema. */
  readonly none: Config
  create(config: Config, upstream: UpstreamDependencies): Vendor
  startSandbox(options: SandboxOptions<object>): Promise<Sandbox<unknown, unknown>>
}

/** Vendors by their keys in the configuration file. */
export type ProviderList = Readonly<Record<string, Provider<unknown>>>

/** What limits the calls of one account at the moment. */
export interface AccountState {
  readonly provider: string
  readonly vendorId: string
  /** The resource of the calls for its lists of certificates. */
  readonly resource: string
  /** The tightest rate limit on these calls; null when the vendor documents none. */
  readonly rateLimit: RateLimitStatus | null
  readonly circuitOpen: boolean
}

/** A vendor with its configuration, clients and readings, for the life of the process. */
export interface Vendor extends VendorDescription {
  /** The places in the configuration, regardless of the caller. */
  readonly configured: readonly Place[]
  /** The global ids of the places whose places the vendor lists. */
  readonly discoveries: readonly string[]
  /** What limits the calls of each configured account, regardless of the caller. Makes no call. */
  accountStates(): readonly AccountState[]
  /** Every configured or discovered place that the caller may see. */
  places(operation: Operation): Promise<SearchResult<Place>>
  /** The places that a caller may see, with their last readings. Makes no call. */
  knownPlaces(visitor: { readonly caller: Pick<Caller, 'places'> }): KnownPlaces
  /**
   * Takes over the readings that are kept from before the start: those of the configured places, then those of the discovered
   * ones. Makes no call.
   */
  restore(placeIndex: Pick<PlaceIndex, 'record'>, signal: AbortSignal): Promise<void>
  /**
   * A place in the history of changes, as far as the caller may see it. Null when it is neither configured nor discovered.
   * Makes no call.
   * @param account the global id of the only account that counts; null, or absent: any
   */
  recordedPlace(
    visitor: { readonly caller: Pick<Caller, 'places'> },
    place: ObservedPlace,
    account?: string | null,
  ): CertificateHolder | null
  /** The places whose lists together hold every certificate that the caller may see. */
  certificateHolders(operation: Operation, maxStaleness?: number): Promise<SearchResult<CertificateHolder>>
  /** The same places as one list, for callers who may see all of them. */
  readonly catalogue: Catalogue
  /** The places to prefetch, by rate limit. */
  readonly prefetchQueues: readonly PrefetchQueue[]
  /** How its nodes are found, by GraphQL type. */
  readonly lookups: Readonly<Record<string, Lookup>>
  /** Adds its types and root fields to the schema. */
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
