import { type Certificate, fromReading, type ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import { noX509Details, type X509Details } from '../catalog/x509.ts'
import type { Operation } from '../operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import type { RateLimitStatus } from '../upstream/rate-limit/rate-limiter.ts'
import { toGlobalId } from './global-id.ts'
import { type Source, settleCertificates } from './source.ts'

/** A place certificates live in, or an account that holds such places. */
export abstract class Place {
  /** The GraphQL type; graphql-js resolves interfaces by this name. */
  readonly __typename: string
  /** Global id, made of the vendor's own ids. */
  readonly id: string
  readonly provider: string
  /** The vendor's own id. */
  readonly vendorId: string
  readonly name: string | null

  constructor(provider: string, typename: string, name: string | null, key: readonly [string, ...string[]]) {
    this.__typename = typename
    this.id = toGlobalId(typename, ...key)
    this.provider = provider
    this.vendorId = key.at(-1) ?? key[0]
    this.name = name
  }

  /** How this operation's reading of the place went; reads it if nothing else did. */
  abstract source(operation: Operation): Promise<Source>

  /** What is left of the budget that readings of this kind take from; null when the vendor publishes none. */
  abstract rateLimitStatus(kind: Source['kind']): RateLimitStatus | null

  /** The places whose lists hold its certificates: itself, or those below it. */
  abstract certificatePlaces(operation: Operation, maxStaleness?: number): Promise<SearchResult<CertificatePlace>>
}

/** A certificate that knows its place: an organization, a contract or an account. */
export interface PlacedCertificate extends Certificate {
  readonly place: CertificatePlace
}

/** A place that has a list of certificates. */
export abstract class CertificatePlace<Row extends PlacedCertificate = PlacedCertificate> extends Place {
  /** Whether the certificates whose scope it is are those that servers show to the world. */
  readonly holdsServerCertificates: boolean = true

  /**
   * Its certificates, read once per operation, and no longer ago than so many milliseconds if that is said.
   * @throws UpstreamError when the vendor did not give them
   */
  abstract read(operation: Operation, maxStaleness?: number): Promise<Reading<CertificateList<Row>>>

  /** One of its certificates by global id; null when its list does not have it. */
  async find(operation: Operation, id: string): Promise<ReadCertificate<Row> | null> {
    const reading = await this.read(operation)
    const row = reading.value.find(id)
    return row ? fromReading(row, reading) : null
  }

  /** What the X.509 certificate says; a call of its own where lists do not tell. */
  async x509(_operation: Operation, certificate: Row): Promise<X509Details> {
    return certificate.x509 ?? noX509Details
  }

  /** Whether a certificate is in force, also when the list it was read from does not tell. */
  async active(_operation: Operation, certificate: Row): Promise<boolean | null> {
    return certificate.active ?? null
  }

  /** Which of its certificates will be replaced before they end without anybody's doing; none where nothing does that. */
  async renewals(_operation: Operation, _certificates: readonly Row[], _maxStaleness?: number): Promise<Renewals> {
    return noRenewals
  }

  async source(operation: Operation): Promise<Source> {
    return (await settleCertificates(this, this.read(operation))).source
  }

  async certificatePlaces(): Promise<SearchResult<CertificatePlace>> {
    return { items: [this], sources: [] }
  }
}

/** What is known of how certificates are replaced. */
export interface Renewals {
  /** Ids of those that are being replaced, or will be before they end. */
  readonly covered: ReadonlySet<string>
  /** By id, why nobody can know. */
  readonly unknown: ReadonlyMap<string, string>
  /** What had to be read for it. */
  readonly sources: readonly Source[]
}

const noRenewals: Renewals = { covered: new Set(), unknown: new Map(), sources: [] }

/** Begins to read places, so that they need not wait for what else is being looked for; who asks next shares it. */
export function readAhead(
  operation: Operation,
  places: readonly CertificatePlace[],
  maxStaleness: number | undefined,
): void {
  for (const place of places) place.read(operation, maxStaleness).catch(() => {})
}

/** What was looked for, and how the discoveries that were needed for it went. */
export interface SearchResult<Item> {
  readonly items: readonly Item[]
  readonly sources: readonly Source[]
}

/** The places that a vendor lists below another one. */
export interface PlaceList<Item extends Place> {
  readonly places: readonly Item[]
  readonly unreadableRows: number
}
