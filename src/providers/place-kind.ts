import { CertificateList } from '../catalog/certificate-list.ts'
import type { Rows } from '../upstream/cache/reading.ts'
import type { CallContext } from '../upstream/call/context.ts'
import type { Clock } from '../upstream/clock.ts'
import type { UpstreamDependencies } from '../upstream/dependencies.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { UpstreamObserver } from '../upstream/observer.ts'
import { createConfiguredDiscovery, createVendorDiscovery, type Discovery } from './discovery.ts'
import { type CertificateReading, GroupPlace, type ListedBelow, ListedPlace } from './kit-place.ts'
import { type ComparedRow, createToObservedList } from './observed-list.ts'
import type { CertificateHolder, Place, PlacedCertificate, PlaceList } from './place.ts'
import { createPlaceLoader, type PlaceClient, type ReadablePlace, type ResourceOf } from './place-loader.ts'
import type { Shape } from './shape.ts'
import { toSourceState } from './source.ts'

/** What a kind of place is called. */
export interface KindNames {
  readonly provider: string
  /** The GraphQL type. */
  readonly typename: string
  /** The GraphQL field that has the vendor's id. */
  readonly key: string
  /** What messages call such a place: "LivePerson account". */
  readonly noun: string
}

/** A place to be created. */
export interface PlaceEntry<Client, Parent = null> {
  readonly vendorId: string
  readonly name: string | null
  readonly client: Client
  readonly parent: Parent
  readonly parentKey?: string
  /** The ids of the places below it, or that the vendor lists them. */
  readonly below?: ListedBelow
}

/** A kind of place, for the life of the process. */
export interface PlaceKind<Client, Parent, Item extends Place, Child extends Place> extends KindNames {
  /** Several accounts may reach the same place: its global id is made without the account's. */
  readonly isShared: boolean
  readonly below: PlacesBelow<never, Child> | null
  readonly clock: Clock
  readonly observer: UpstreamObserver | undefined
  create(entry: PlaceEntry<Client, Parent>): Item
  /** Drops the readings of a place that is not configured any more, and of those below it. */
  forget(readingKey: string): void
}

/** The places below the places of a kind. */
export interface PlacesBelow<Parent, Child extends Place> {
  readonly kind: Omit<PlaceKind<never, never, Child, never>, 'create' | 'below'>
  readonly resource: string
  discover(parent: Parent, listed: ListedBelow): Discovery<Child>
  forget(readingKey: string): void
}

interface KindDescription<Self extends ReadablePlace, Child extends Place> extends KindNames {
  readonly below?: PlacesBelow<Self, Child>
}

/** A kind of place with a list of certificates. */
interface ListedKindDescription<
  Row extends PlacedCertificate,
  Wire,
  Item,
  List extends CertificateList<Row>,
  Self extends ReadablePlace,
  Child extends Place,
> extends KindDescription<Self, Child>,
    ComparedRow<Row>,
    Pick<
      CertificateReading<Row, List, Self>,
      'x509' | 'keepsX509' | 'details' | 'pem' | 'lastRenewal' | 'renewals' | 'further'
    > {
  readonly resource: ResourceOf<Self>
  /** The call for the list. */
  list(place: Self, context: CallContext): Promise<Rows>
  /** A row of the list. */
  readonly shape: Shape<Wire>
  /** What is kept of a row. */
  toItem(row: Wire, place: Self): Item
  toList(items: readonly Item[], unreadableRows: number): List
  /** Several accounts may reach the same place. */
  readonly isShared?: boolean
  /** The list has pages. A row may be on two of them. */
  readonly isPaged?: boolean
  /** A change through the client makes a reading stale. */
  readonly isChangeable?: boolean
}

interface Identified {
  readonly id: string
}

/** Defines a kind of place with a list of certificates. */
export function definePlaceKind<
  Row extends PlacedCertificate,
  Wire extends Identified,
  Client extends PlaceClient,
  Parent extends Place | null = null,
  Child extends CertificateHolder<Row> = never,
>(
  upstream: UpstreamDependencies,
  {
    toCertificate,
    ...description
  }: Omit<
    ListedKindDescription<Row, Wire, Row, CertificateList<Row>, ListedPlace<Row, Client, Parent, Child>, Child>,
    'toItem' | 'toList'
  > & { toCertificate(row: Wire, place: ListedPlace<Row, Client, Parent, Child>): Row },
) {
  return defineListKind<Row, Wire, Row, CertificateList<Row>, Client, Parent, Child>(upstream, {
    ...description,
    toItem: toCertificate,
    toList: (rows, unreadableRows) => new CertificateList(rows, unreadableRows),
  })
}

/** Defines a kind of place whose list has more than certificates. */
export function defineListKind<
  Row extends PlacedCertificate,
  Wire extends Identified,
  Item,
  List extends CertificateList<Row>,
  Client extends PlaceClient,
  Parent extends Place | null = null,
  Child extends CertificateHolder<Row> = never,
>(
  upstream: UpstreamDependencies,
  description: ListedKindDescription<Row, Wire, Item, List, ListedPlace<Row, Client, Parent, Child, List>, Child>,
): PlaceKind<Client, Parent, ListedPlace<Row, Client, Parent, Child, List>, Child> {
  type Self = ListedPlace<Row, Client, Parent, Child, List>
  const { isShared = false, below, isIdentified, ...rest } = description
  const toObservedList = createToObservedList(description)
  const reading: CertificateReading<Row, List, Self> = {
    ...rest,
    load: createPlaceLoader<Self, Wire, Item, List>(upstream, {
      ...rest,
      kind: 'CERTIFICATES',
      toRow: rest.toItem,
      toValue: rest.toList,
      weigh: ({ weight }) => weight,
      onComplete(place, { present }, list) {
        if (!isIdentified || present.every(isIdentified)) upstream.lists?.listRead(toObservedList(place, present, list))
      },
    }),
  }
  return {
    ...namesOf(description),
    clock: upstream.clock,
    observer: upstream.observer,
    isShared,
    below: below ?? null,
    forget(readingKey) {
      reading.load.kept.forget(readingKey)
      below?.forget(readingKey)
    },
    create: ({ below: listed = [], ...entry }) =>
      new ListedPlace(
        {
          ...entry,
          listed,
          ...namesOf(description),
          key: entry.parent && !isShared ? [entry.parent.vendorId, entry.vendorId] : [entry.vendorId],
          resource: rest.resource,
        },
        reading,
        (self, places) => below?.discover(self, places) ?? createConfiguredDiscovery<Child>(self),
      ),
  }
}

/** Defines a kind of account without certificates of its own. */
export function defineGroupKind<Client extends PlaceClient, Child extends CertificateHolder>({
  below,
  ...description
}: KindDescription<GroupPlace<Client, Child>, Child> & {
  readonly below: PlacesBelow<GroupPlace<Client, Child>, Child>
}): PlaceKind<Client, null, GroupPlace<Client, Child>, Child> {
  return {
    ...namesOf(description),
    clock: below.kind.clock,
    observer: below.kind.observer,
    isShared: false,
    below,
    forget: below.forget,
    create: ({ below: listed = [], ...entry }) =>
      new GroupPlace(
        {
          ...entry,
          listed,
          ...namesOf(description),
          key: [entry.vendorId],
          resource: below.resource,
        },
        (self, places) => below.discover(self, places),
      ),
  }
}

/** A list of the places below an account. */
interface DiscoveryDescription<Parent extends ReadablePlace, Wire> {
  readonly resource: ResourceOf<Parent>
  /** The setting of an account that lists these places instead. */
  readonly setting: string
  /** The list has pages. */
  readonly isPaged?: boolean
  /** Whether the vendor refused the call because the credential lacks a permission. Default: by the status 403. */
  isForbidden?(error: UpstreamError): boolean
  /** The call for the list. */
  list(account: Parent, context: CallContext): Promise<Rows>
  /** A row of the list. */
  readonly shape: Shape<Wire>
  /** Null for a place that is left out. */
  toPlace(row: Wire): { readonly vendorId: string; readonly name: string | null } | null
}

/** Defines the places below those of another kind: the configuration lists them, or else the vendor. */
export function definePlacesBelow<
  Parent extends ReadablePlace,
  Wire extends Identified,
  Child extends CertificateHolder,
>(
  upstream: UpstreamDependencies,
  kind: PlaceKind<Parent['client'], Parent, Child, never>,
  { resource, list, shape, isPaged = false, toPlace, ...rest }: DiscoveryDescription<Parent, Wire>,
): PlacesBelow<Parent, Child> {
  const create = (parent: Parent, { vendorId, name }: { readonly vendorId: string; readonly name: string | null }) =>
    kind.create({ vendorId, name, client: parent.client, parent, parentKey: parent.readingKey })
  const load = createPlaceLoader<Parent, Wire, Wire, PlaceList<Child>>(upstream, {
    resource,
    kind: 'DISCOVERY',
    isPaged,
    list: (parent, context) => list(parent, { ...context, explain: (error) => explainDiscovery(error, parent, rest) }),
    shape,
    toRow: (row) => row,
    toValue: (rows, unreadableRows, parent) => ({
      places: rows.flatMap((row) => toPlace(row) ?? []).map((place) => create(parent, place)),
      unreadableRows,
    }),
    weigh: ({ places }) => places.length,
  })
  return {
    kind,
    resource,
    forget(readingKey) {
      load.kept.forget(readingKey)
      kind.forget(readingKey)
    },
    discover(parent, listed) {
      const named = (vendorId: string) => create(parent, { vendorId, name: null })
      return listed === 'discover'
        ? createVendorDiscovery(parent, {
            create: named,
            read: (operation, maxStaleness) => load(operation, parent, maxStaleness),
            readKept: (operation) => load.atOnce(operation, parent),
            last: () => load.last(parent),
            restore: () => load.restore(parent),
            state: () => toSourceState(parent, 'DISCOVERY', load.state(parent), parent.client.pipeline),
          })
        : createConfiguredDiscovery(parent, listed.map(named))
    },
  }
}

/** A credential that may read certificates may lack the permission to list places. The configuration can list them. */
function explainDiscovery(
  error: UpstreamError,
  { vendorId }: Place,
  { setting, isForbidden = isForbiddenStatus }: Pick<DiscoveryDescription<never, never>, 'setting' | 'isForbidden'>,
): UpstreamError {
  if (!isForbidden(error)) return error
  const hint = `list the \`${setting}\` of ${vendorId} in the configuration to avoid this call`
  return new UpstreamError(error.code, `${error.message}; ${hint}`, error.details, error.cause)
}

function isForbiddenStatus({ code }: UpstreamError): boolean {
  return code === 'UPSTREAM_FORBIDDEN'
}

function namesOf({ provider, typename, key, noun }: KindNames): KindNames {
  return { provider, typename, key, noun }
}
