import { fromReading, type ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import type { Connection, ConnectionArguments } from '../catalog/connection.ts'
import { hasAllDetails, noX509Details, type X509Details } from '../catalog/x509.ts'
import type { Operation, PlaceIndex } from '../operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import { BackgroundCalls } from '../upstream/rate-limit/background-calls.ts'
import { adoptedReading } from './adopted-readings.ts'
import { placeConnection } from './connections.ts'
import type { Discovery } from './discovery.ts'
import { toGlobalId } from './global-id.ts'
import { assertNotUnknown } from './incomplete.ts'
import { toHistoryKey } from './observed-list.ts'
import type {
  CertificateHolder,
  DetailsAhead,
  Place,
  PlacedCertificate,
  Renewals,
  SearchResult,
  Source,
  SourceState,
} from './place.ts'
import type { PlaceClient, PlaceLoader, ReadablePlace } from './place-loader.ts'
import { oneOrNull } from './search-result.ts'
import { settleCertificates, toSourceState } from './source.ts'
import { assertVisible, hiddenSource, isVisible } from './visibility.ts'

/** One place, as its kind creates it. */
export interface NewPlace<Client, Parent> {
  readonly provider: string
  readonly typename: string
  /** The vendor's ids that the global id is made of. */
  readonly key: readonly string[]
  readonly vendorId: string
  readonly name: string | null
  readonly client: Client
  readonly parent: Parent
  /** The reading key of the parent; absent for an account. */
  readonly parentKey?: string | undefined
  /** The rate-limited resource of the calls that read it. */
  readonly resource: string
  readonly listed: ListedBelow
}

/** The ids of the places below a place, or that the vendor lists them. */
export type ListedBelow = 'discover' | readonly string[]

/** What a configuration says of a place that it does not depend on: another one may say something else of the same place. */
export interface PlaceSettings {
  readonly name: string | null
  readonly listed: ListedBelow
}

/** Settings that are not in use yet. */
export interface PreparedSettings<Child extends Place> {
  /** The places below, under these settings. */
  readonly below: Discovery<Child>
  /** Puts the settings into use. */
  apply(): void
}

let accounts = 0

/**
 * Tells an account from one with the same id and another configuration: neither reads what the other has read, and the rows
 * of a list belong to the place that has read it.
 */
function nextAccount(): number {
  accounts += 1
  return accounts
}

/** What the kit's places have in common. */
abstract class KitPlace<Client extends PlaceClient, Parent extends Place | null, Child extends CertificateHolder>
  implements ReadablePlace
{
  readonly __typename: string
  readonly id: string
  readonly provider: string
  readonly vendorId: string
  readonly client: Client
  /** The account that it belongs to; null for an account. */
  readonly parent: Parent
  readonly readingKey: string
  readonly #resource: string
  #settings: PlaceSettings
  #below: Discovery<Child> | null = null

  constructor({ provider, typename, key, ...place }: NewPlace<Client, Parent>) {
    this.__typename = typename
    this.id = toGlobalId(typename, ...key)
    this.provider = provider
    this.vendorId = place.vendorId
    this.#settings = { name: place.name, listed: place.listed }
    this.client = place.client
    this.parent = place.parent
    this.#resource = place.resource
    this.readingKey = place.parentKey === undefined ? `${this.id}#${nextAccount()}` : `${place.parentKey} ${this.id}`
  }

  get name(): string | null {
    return this.#settings.name
  }

  /** The places below it. */
  get below(): Discovery<Child> {
    this.#below ??= this.discover(this.#settings.listed)
    return this.#below
  }

  protected abstract discover(listed: ListedBelow): Discovery<Child>

  /** The readings stay: they do not depend on the settings. */
  prepare(settings: PlaceSettings): PreparedSettings<Child> {
    const isSame = JSON.stringify(settings.listed) === JSON.stringify(this.#settings.listed)
    const below = isSame ? this.below : this.discover(settings.listed)
    return {
      below,
      apply: () => {
        this.#settings = settings
        this.#below = below
      },
    }
  }

  get identity(): readonly string[] {
    return this.parent ? [this.vendorId] : []
  }

  rateLimit(operation: Operation) {
    operation.basis?.outdate()
    return isVisible(operation, this) ? this.client.pipeline.rateLimitStatus(this.#resource) : null
  }

  circuitOpen(operation: Operation): boolean {
    operation.basis?.outdate()
    return isVisible(operation, this) && this.client.pipeline.circuitOpen
  }

  /** A page of the places below it. @throws InputError FORBIDDEN when the caller may not see this place */
  async connectBelow(operation: Operation, args: ConnectionArguments): Promise<Connection<Child>> {
    assertVisible(operation, this)
    return placeConnection(args, operation.timeSlice, () => this.below.list(operation))
  }

  abstract source(operation: Operation): Promise<Source>
  abstract certificateHolders(operation: Operation, maxStaleness?: number): Promise<SearchResult<CertificateHolder>>

  sourceStates(): readonly SourceState[] {
    const discovery = this.below.state()
    return discovery ? [discovery] : []
  }

  async restore(placeIndex: Pick<PlaceIndex, 'record'>): Promise<void> {
    await this.below.restore(placeIndex)
  }
}

/** An account without certificates of its own: the places below it have them. */
export class GroupPlace<Client extends PlaceClient, Child extends CertificateHolder> extends KitPlace<
  Client,
  null,
  Child
> {
  readonly #discoverBelow: (self: GroupPlace<Client, Child>, listed: ListedBelow) => Discovery<Child>

  constructor(
    place: NewPlace<Client, null>,
    discoverBelow: (self: GroupPlace<Client, Child>, listed: ListedBelow) => Discovery<Child>,
  ) {
    super(place)
    this.#discoverBelow = discoverBelow
  }

  protected override discover(listed: ListedBelow): Discovery<Child> {
    return this.#discoverBelow(this, listed)
  }

  async source(operation: Operation): Promise<Source> {
    return isVisible(operation, this) ? this.below.source(operation) : hiddenSource(this, 'DISCOVERY')
  }

  certificateHolders(operation: Operation, maxStaleness?: number): Promise<SearchResult<Child>> {
    return this.below.find(operation, maxStaleness)
  }
}

/** How the certificates of one kind of place are read, and what is special about them. */
export interface CertificateReading<
  Row extends PlacedCertificate,
  List extends CertificateList<Row>,
  Self extends Place,
> {
  readonly load: PlaceLoader<Self, List>
  /** The contents of the X.509 certificate, where the list does not have all of them. */
  x509?(place: Self, operation: Operation, certificate: Row): Promise<X509Details>
  /** Whether the contents that were read are those of this certificate for good. Default: true. */
  keepsX509?(certificate: Row): boolean
  /** Which contents are known without a call, where they can be read before an operation needs them. */
  readonly details?: {
    /** The rate-limited resource of the calls that read them. */
    readonly resource: string
    has(place: Self, certificate: Row): boolean | Promise<boolean>
  }
  /** The PEM, where the vendor returns it. */
  pem?(place: Self, operation: Operation, certificate: Row): Promise<string>
  /** Whether a certificate is replaced before it expires, as the last readings show; null when they do not. */
  lastRenewal?(place: Self, certificate: Row, now: number): boolean | null
  /** Which certificates are replaced before they expire. */
  renewals?(place: Self, operation: Operation, rows: readonly Row[], maxStaleness?: number): Promise<Renewals>
  /** What else is read of such a place, by the kind of source. */
  readonly further?: Readonly<Record<string, FurtherReading<Self>>>
}

/** A reading of a place besides its certificates. */
type FurtherReading<Self extends Place> = Pick<PlaceLoader<Self, Pick<Source, 'unreadableRows'>>, 'state' | 'restore'>

const noRenewals: Renewals = { covered: new Set(), unknown: new Map(), sources: [] }

/** A place with a list of certificates. The places below it list some of the same certificates. */
export class ListedPlace<
    Row extends PlacedCertificate,
    Client extends PlaceClient,
    Parent extends Place | null = null,
    Child extends CertificateHolder<Row> = never,
    List extends CertificateList<Row> = CertificateList<Row>,
  >
  extends KitPlace<Client, Parent, Child>
  implements CertificateHolder<Row>
{
  readonly #reading: CertificateReading<Row, List, ListedPlace<Row, Client, Parent, Child, List>>
  #historyKey: string | undefined
  readonly #discoverBelow: (
    self: ListedPlace<Row, Client, Parent, Child, List>,
    listed: ListedBelow,
  ) => Discovery<Child>

  constructor(
    place: NewPlace<Client, Parent>,
    reading: CertificateReading<Row, List, ListedPlace<Row, Client, Parent, Child, List>>,
    discoverBelow: (self: ListedPlace<Row, Client, Parent, Child, List>, listed: ListedBelow) => Discovery<Child>,
  ) {
    super(place)
    this.#reading = reading
    this.#discoverBelow = discoverBelow
  }

  protected override discover(listed: ListedBelow): Discovery<Child> {
    return this.#discoverBelow(this, listed)
  }

  async read(operation: Operation, maxStaleness?: number): Promise<Reading<List>> {
    const adopted = maxStaleness === undefined ? adoptedReading(operation, this.readingKey) : null
    // A reading with this key is a reading of this place.
    return (adopted as Reading<List> | null) ?? this.#reading.load(operation, this, maxStaleness)
  }

  readAtOnce(operation: Operation): Reading<List> | null {
    const adopted = adoptedReading(operation, this.readingKey)
    return (adopted as Reading<List> | null) ?? this.#reading.load.atOnce(operation, this)
  }

  readKept(operation: Operation): Reading<List> | null {
    return this.#reading.load.kept.read(operation, this)
  }

  freshUntil(reading: Reading<CertificateList<Row>>): number | null {
    return this.#reading.load.kept.freshUntil(this, reading)
  }

  onReadingChange(listener: () => void): () => void {
    return this.#reading.load.kept.subscribe(this, listener)
  }

  /**
   * Its certificates as they are at the vendor now: the reading begins now, for a decision that an older one must not make.
   * @throws UpstreamError when it fails, InputError FORBIDDEN when the caller may not see the place
   */
  readNow(operation: Operation): Promise<Reading<List>> {
    return this.#reading.load.now(operation, this)
  }

  get historyKey(): string {
    this.#historyKey ??= toHistoryKey(this)
    return this.#historyKey
  }

  lastReading(): Reading<List> | null {
    return this.#reading.load.lastReading(this)
  }

  lastList(): List | null {
    return this.#reading.load.last(this)
  }

  override sourceStates(): readonly SourceState[] {
    const { load, further = {} } = this.#reading
    const { pipeline } = this.client
    return [
      toSourceState(this, 'CERTIFICATES', load.state(this), pipeline, ({ rows }) => rows.length),
      ...super.sourceStates(),
      ...Object.entries(further).map(([kind, { state }]) => toSourceState(this, kind, state(this), pipeline)),
    ]
  }

  override async restore(placeIndex: Pick<PlaceIndex, 'record'>): Promise<void> {
    const { load, further = {} } = this.#reading
    await load.restore(this)
    await super.restore(placeIndex)
    for (const { restore } of Object.values(further)) await restore(this)
  }

  /** A caller who may not see the place gets what the places below it have that they may see. */
  async find(operation: Operation, id: string): Promise<ReadCertificate<Row> | null> {
    if (!isVisible(operation, this)) return this.#findBelow(operation, id)
    const reading = await this.read(operation)
    const row = reading.value.find(id)
    return row ? fromReading(row, reading) : null
  }

  async #findBelow(operation: Operation, id: string): Promise<ReadCertificate<Row> | null> {
    const { items, sources } = await this.below.find(operation)
    const found = await Promise.allSettled(items.map((place) => place.find(operation, id)))
    const [certificate] = found.flatMap((each) => (each.status === 'fulfilled' && each.value) || [])
    if (certificate) return certificate
    // A list that could not be read may have it.
    for (const each of found) if (each.status === 'rejected') throw each.reason
    const none = oneOrNull({ items: [], sources })
    await assertNotUnknown(operation, operation.placeIndex?.heldBy(this.id, operation.caller.places ?? []) ?? [])
    return none
  }

  /** What the list says comes first: a field has the same value whichever other fields are read. */
  async x509(operation: Operation, certificate: Row): Promise<X509Details> {
    if (hasAllDetails(certificate.x509)) return certificate.x509
    const details = (await this.#reading.x509?.(this, operation, certificate)) ?? noX509Details
    return { ...details, ...certificate.x509 }
  }

  get detailsAhead(): DetailsAhead<Row> | null {
    const { details } = this.#reading
    if (!details) return null
    return {
      calls: new BackgroundCalls(this.client.pipeline, details.resource),
      has: (certificate) => hasAllDetails(certificate.x509) || details.has(this, certificate),
    }
  }

  keepsX509(certificate: Row): boolean {
    return hasAllDetails(certificate.x509) || (this.#reading.keepsX509?.(certificate) ?? true)
  }

  async pem(operation: Operation, certificate: Row): Promise<string | null> {
    return this.#reading.pem?.(this, operation, certificate) ?? null
  }

  /** A certificate from a list that does not say whether it is in force is looked up in the list of this place. */
  active(operation: Operation, { active, id }: Row): boolean | null | Promise<boolean | null> {
    if (active !== undefined) return active
    if (!isVisible(operation, this)) return null
    const activeIn = ({ value }: Reading<List>) => value.find(id)?.active ?? null
    // A page has many such rows.
    const loaded = this.#loadedAtOnce(operation)
    return loaded ? activeIn(loaded) : this.read(operation).then(activeIn)
  }

  #loadedAtOnce(operation: Operation): Reading<List> | null {
    return this.#reading.load.loaded(operation, this) ?? this.readAtOnce(operation)
  }

  current(operation: Operation): List | null {
    if (!isVisible(operation, this)) return null
    return this.#loadedAtOnce(operation)?.value ?? null
  }

  /** Where its certificates are looked up: in the list of its account, or in its own for a caller who may see only that. */
  catalog(operation: Operation): this | NonNullable<Parent> {
    const { parent } = this
    return parent !== null && isVisible(operation, parent) ? parent : this
  }

  lastRenewal(certificate: Row, now: number): boolean | null {
    const { lastRenewal, renewals } = this.#reading
    if (lastRenewal) return lastRenewal(this, certificate, now)
    // Where a vendor renews nothing, nothing is renewed.
    return renewals ? null : false
  }

  async renewals(operation: Operation, rows: readonly Row[], maxStaleness?: number): Promise<Renewals> {
    return this.#reading.renewals?.(this, operation, rows, maxStaleness) ?? noRenewals
  }

  async source(operation: Operation): Promise<Source> {
    return (await settleCertificates(this, this.read(operation))).source
  }

  async certificateHolders(): Promise<SearchResult<CertificateHolder>> {
    return { items: [this], sources: [] }
  }
}
