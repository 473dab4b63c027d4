import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import type { RefreshSchedule } from '../upstream/cache/refresh-schedule.ts'
import type { UpstreamDependencies } from '../upstream/dependencies.ts'
import { checkId } from '../upstream/url.ts'
import { Catalogue } from './catalogue.ts'
import type { Discovery } from './discovery.ts'
import { toGlobalId } from './global-id.ts'
import { assertNotUnknown } from './incomplete.ts'
import type { PlaceSettings, PreparedSettings } from './kit-place.ts'
import { findKnownPlaces, hasCertificates } from './known-places.ts'
import { hasMaxStaleness } from './max-staleness.ts'
import type { CertificateHolder, Place, SearchResult } from './place.ts'
import type { KindNames, PlaceEntry, PlaceKind } from './place-kind.ts'
import type { PlaceClient } from './place-loader.ts'
import type { EntityKey, Lookup, Vendor } from './provider.ts'
import { findRecordedPlace } from './recorded-place.ts'
import { emptyResult, filterResult, joinResults, oneOrNull, readAhead, uniqueResult } from './search-result.ts'
import { isVisible, placesThatMayHold, visibleOf } from './visibility.ts'

/** All places of one vendor, as far as the caller of an operation may see them. */
export interface VendorPlaces<Root extends Place, Child extends Place> {
  /** What the program needs to know of the places. */
  readonly vendor: Pick<
    Vendor,
    | 'configured'
    | 'discoveries'
    | 'accountStates'
    | 'places'
    | 'knownPlaces'
    | 'restore'
    | 'recordedPlace'
    | 'certificateHolders'
    | 'catalogue'
    | 'prefetchQueues'
    | 'lookups'
  >
  /** The account with this id. @throws InputError NOT_CONFIGURED */
  account(operation: Operation, id: string, argument: string): Root
  /**
   * The account with this id, also for a caller who may see only this place below it.
   * @throws InputError NOT_CONFIGURED
   */
  accountWith(operation: Operation, id: string, argument: string, childId: string | null): Promise<Root>
  /**
   * The accounts that match; null when the caller may see none of them, and no place below one.
   * @throws UpstreamError when that is not known
   */
  accountsThat(operation: Operation, matches: (account: Root) => boolean): Promise<readonly Root[] | null>
  /**
   * The place below an account with this id; null when there is none.
   * @throws UpstreamError when there is none, and the places below an account could not be listed
   */
  child(operation: Operation, id: string | undefined, within?: readonly Root[]): Child | Promise<Child | null>
  /** The place below an account that a global id begins with. @throws UpstreamError as `child` */
  childOf(operation: Operation, key: readonly string[]): Promise<Child | null>
}

/** A place in the configuration, and the places below it. */
interface Account<Child extends Place> extends Place {
  readonly client: PlaceClient
  readonly readingKey: string
  readonly below: Discovery<Child>
  prepare(settings: PlaceSettings): PreparedSettings<Child>
}

/** An account in the configuration. */
interface AccountEntry<Client> extends Omit<PlaceEntry<Client>, 'parent' | 'client'> {
  /**
   * The settings that identify the account, and that its client depends on: while they are the same, a configuration that is
   * read again keeps the client and the readings. The name and the list of places below it are no part of them.
   */
  readonly settings: object
  createClient(): Client
}

interface PlacesDescription<Client extends PlaceClient, Child extends Place, Root extends Place> {
  readonly kind: PlaceKind<Client, null, Root, Child>
  /** The GraphQL type of the certificates. */
  readonly certificate: string
  readonly accounts: readonly AccountEntry<Client>[]
  /** Drops what else is kept of an account that is not configured any more, and of the places below it. */
  forget?(readingKey: string): void
}

interface Search {
  readonly maxStaleness?: number | undefined
  /** Starts to read the places of one account while those of another are still searched for. */
  readonly ahead?: boolean
}

/** Creates the places of a vendor, with those that an earlier configuration has used and that are the same in this one. */
export function createPlaces<Client extends PlaceClient, Root extends Account<Child>, Child extends CertificateHolder>(
  { kept, settings: upstreamSettings }: Pick<UpstreamDependencies, 'kept' | 'settings'>,
  { kind, certificate, accounts: entries, forget = () => {} }: PlacesDescription<Client, Child, Root>,
): VendorPlaces<Root, Child> {
  const forgetAll = (readingKey: string) => {
    kind.forget(readingKey)
    forget(readingKey)
  }
  const configured = entries.map(({ settings, createClient, ...entry }) => {
    const account = kept.get(
      ['account', kind.typename, settings],
      () => {
        const client = kept.get(['client', kind.typename, settings], () => {
          const created = createClient()
          kept.get(['pipeline', kind.typename, settings], () => created.pipeline)
          return created
        })
        return kind.create({ ...entry, client, parent: null })
      },
      ({ readingKey }) => forgetAll(readingKey),
    )
    const { below, apply } = account.prepare({ name: entry.name, listed: entry.below ?? [] })
    kept.onCommit(apply)
    for (const { vendorId, readingKey } of below.configured) {
      // Dropped with the place, unless a later configuration lists it again.
      const isListed = () => account.below.configured.some((place) => place.readingKey === readingKey)
      kept.get(
        ['listed', kind.typename, settings, vendorId],
        () => ({ readingKey }),
        () => isListed() || forgetAll(readingKey),
      )
    }
    return { account, below, listed: entry.below }
  })
  // How long the readings of the catalogue are fresh depends on the settings.
  const key = ['places', configured.map(({ account, listed }) => [account.readingKey, listed]), upstreamSettings]
  return kept.get(
    key,
    () => joinAccounts(kind, certificate, configured),
    ({ vendor }) => vendor.catalogue.close(),
  )
}

function joinAccounts<Client, Root extends Account<Child>, Child extends CertificateHolder>(
  kind: PlaceKind<Client, null, Root, Child>,
  certificate: string,
  entries: readonly { readonly account: Root; readonly below: Discovery<Child> }[],
): VendorPlaces<Root, Child> {
  const accounts = entries.map(({ account }) => account)
  const listed = accounts.filter(hasCertificates)
  const listedById = new Map(listed.map((account) => [account.vendorId, account]))
  const childKind = kind.below?.kind
  const visible = (operation: Operation) => ({ items: visibleOf(operation, accounts), sources: [] })

  async function findBelow(
    operation: Operation,
    parents: readonly Root[],
    { maxStaleness, ahead = false }: Search = {},
  ): Promise<SearchResult<Child>> {
    const begun = new Set<string>()
    const find = async (account: Root) => {
      const found = await account.below.find(operation, maxStaleness)
      const next = found.items.filter(({ id }) => ahead && !begun.has(id) && begun.add(id))
      readAhead(operation, next, maxStaleness)
      return found
    }
    if (!childKind?.isShared) return joinResults(await Promise.all(parents.map(find)))
    // A place that several accounts reach is read through the first account that the caller may see, else the first.
    // When reading ahead, an account that does not answer delays no other; a place of both may then be read twice.
    const seen = visibleOf(operation, parents)
    const own = await Promise.all(seen.map(find))
    const known = new Set(own.flatMap(({ items }) => items.map(({ id }) => id)))
    const others = await Promise.all(parents.filter((account) => !seen.includes(account)).map(find))
    return uniqueResult(joinResults([...own, ...others.map((found) => withoutKnown(found, known))]))
  }

  const keptBelow = keepJoined<Child>()
  /** The places below all accounts, for a caller who may see them all; null when a discovery may have to wait. */
  function findKeptBelow(operation: Operation): SearchResult<Child> | null {
    const found = accounts.map(({ below }) => below.findKept(operation))
    return found.every((each) => each !== null) ? keptBelow.join(found) : null
  }

  const catalogue = new Catalogue(
    kind.clock,
    {
      findKept: (operation) => (listed.length > 0 ? { items: listed, sources: [] } : findKeptBelow(operation)),
      async find(operation) {
        return keptBelow.join([await findBelow(operation, accounts, { ahead: true })])
      },
    },
    kind.observer,
  )

  /** The place with this id below all accounts, without waiting; undefined when a search may have to wait, or finds none. */
  function findKept(operation: Operation, id: string | undefined): Child | undefined {
    const isKept = operation.caller.places === null && !operation.isPassive && !hasMaxStaleness(operation)
    return isKept && id !== undefined && findKeptBelow(operation) ? keptBelow.byId.get(id) : undefined
  }

  async function findByKey(operation: Operation, key: readonly string[], search: Search): Promise<SearchResult<Child>> {
    const [first, second] = key
    const isShared = childKind?.isShared
    const parents = isShared ? accounts : accounts.filter(({ vendorId }) => vendorId === first)
    const id = isShared ? first : second
    const found = await findBelow(operation, placesThatMayHold(operation, parents, id), search)
    return filterResult(found, ({ vendorId }) => vendorId === id)
  }

  function choose(from: readonly Root[], id: string, argument: string): Root {
    const wanted = checkId(id, argument)
    const account = from.find(({ vendorId }) => vendorId === wanted)
    if (!account) throw new InputError(`${argument}: no ${kind.noun} ${wanted} is configured`, 'NOT_CONFIGURED')
    return account
  }

  const child: VendorPlaces<Root, Child>['child'] = (operation, id, within) =>
    (within ? undefined : findKept(operation, id)) ?? findChild(operation, id, within)

  async function findChild(
    operation: Operation,
    id: string | undefined,
    within = placesThatMayHold(operation, accounts, id),
  ): Promise<Child | null> {
    const found = oneOrNull(filterResult(await findBelow(operation, within), ({ vendorId }) => vendorId === id))
    if (!found && id !== undefined) await assertNotUnknown(operation, [id])
    return found
  }

  const childOf: VendorPlaces<Root, Child>['childOf'] = async (operation, key) => {
    const found =
      (childKind?.isShared ? findKept(operation, key[0]) : undefined) ?? oneOrNull(await findByKey(operation, key, {}))
    if (!found) await assertNotUnknown(operation, key)
    return found
  }

  /** A certificate's global id begins with the ids of its place. */
  async function placeOfCertificate(operation: Operation, key: readonly string[]): Promise<CertificateHolder | null> {
    return listed.length > 0 ? (listedById.get(key[0] ?? '') ?? null) : childOf(operation, key)
  }

  const lookups: Record<string, Lookup> = {
    [kind.typename]: {
      kind: 'place',
      find: async (operation, { id }) => filterResult(visible(operation), (account) => account.id === id),
      entityKey: toEntityKey(kind),
    },
    [certificate]: {
      kind: 'certificate',
      find: async (operation, { id, key }) =>
        (await (await placeOfCertificate(operation, key))?.find(operation, id)) ?? null,
    },
  }
  if (childKind) {
    lookups[childKind.typename] = {
      kind: 'place',
      find: async (operation, { id, key }, maxStaleness) =>
        filterResult(await findByKey(operation, key, { maxStaleness }), (place) => place.id === id),
      entityKey: childKind.isShared
        ? toEntityKey(childKind)
        : { fields: childKind.key, toId: async (operation, [id]) => (await child(operation, id))?.id ?? null },
    }
  }

  return {
    vendor: {
      // The lists of the configuration that these places are joined for, which may not be in use yet.
      configured: entries.flatMap(({ account, below }) => [account, ...below.configured]),
      discoveries: entries.filter(({ below }) => below.isDiscovered).map(({ account }) => account.id),
      accountStates: () =>
        accounts.map(({ provider, vendorId, client: { pipeline, schedule } }) => ({
          provider,
          vendorId,
          resource: schedule.resource,
          rateLimit: schedule.rateLimit,
          circuitOpen: pipeline.circuitOpen,
        })),
      places: async (operation) => joinResults<Place>([visible(operation), await findBelow(operation, accounts)]),
      knownPlaces: (visitor) => findKnownPlaces(visitor, accounts),
      async restore(placeIndex, signal) {
        const restoreAll = async (places: readonly Place[]) => {
          for (const place of places) if (!signal.aborted) await place.restore(placeIndex)
        }
        await restoreAll(accounts)
        const isDiscovered = ({ below }: Root) => below.isDiscovered
        for (const account of [...accounts].sort((a, b) => Number(isDiscovered(a)) - Number(isDiscovered(b)))) {
          await restoreAll(account.below.lastPlaces({ caller: { places: null } }) ?? [])
        }
      },
      recordedPlace: (visitor, place, within = null) =>
        findRecordedPlace(visitor, place, within === null ? accounts : accounts.filter(({ id }) => id === within)),
      async certificateHolders(operation, maxStaleness) {
        if (listed.length === 0) return findBelow(operation, accounts, { ahead: true, maxStaleness })
        const seen = visibleOf(operation, listed)
        readAhead(operation, seen, maxStaleness)
        // A caller who may not see an account gets its certificates from the places below it.
        const hidden = accounts.filter((account) => !isVisible(operation, account))
        const below = await findBelow(operation, hidden, { maxStaleness })
        return joinResults<CertificateHolder>([{ items: seen, sources: [] }, below])
      },
      catalogue,
      prefetchQueues: [...bySchedule(accounts)].map(([schedule, group]) => ({
        schedule,
        name: JSON.stringify(group.map(({ id }) => id)),
        lastPlaces: () => [
          ...group.filter(hasCertificates),
          ...group.flatMap(({ below }) => below.lastPlaces({ caller: { places: null } }) ?? []),
        ],
        // The list of an account can be read even when the places below it cannot be listed.
        places: async (operation) => [...group.filter(hasCertificates), ...(await findBelow(operation, group)).items],
      })),
      lookups,
    },
    account: (operation, id, argument) => choose(visibleOf(operation, accounts), id, argument),
    async accountWith(operation, id, argument, childId) {
      const seen = visibleOf(operation, accounts)
      const hidden = accounts.filter((account) => account.vendorId === id && !seen.includes(account))
      const isSeenBelow =
        childId !== null &&
        isVisible(operation, { vendorId: childId }) &&
        (await child(operation, childId, hidden)) !== null
      return choose(isSeenBelow ? [...seen, ...hidden] : seen, id, argument)
    },
    async accountsThat(operation, matches) {
      const matching = accounts.filter(matches)
      const { items, sources } = await findBelow(operation, matching)
      if (visibleOf(operation, matching).length > 0 || items.length > 0) return matching
      for (const { error } of sources) if (error) throw error
      await assertNotUnknown(operation, [...(operation.caller.places ?? [])])
      return null
    },
    child,
    childOf,
  }
}

/** What an account that the caller may not see adds to the places already known; without any, it is not reported on. */
function withoutKnown<Child extends Place>(
  { items, sources }: SearchResult<Child>,
  known: ReadonlySet<string>,
): SearchResult<Child> {
  const added = items.filter(({ id }) => !known.has(id))
  if (added.length === 0 && items.length > 0) return emptyResult
  return { items: added, sources }
}

/** Joins results, with each item once. The array of items is the same while they are. */
function keepJoined<Item extends Place>() {
  let parts: readonly (readonly Item[])[] = []
  let joined: readonly Item[] = []
  let byId: ReadonlyMap<string, Item> = new Map()
  return {
    join(results: readonly SearchResult<Item>[]): SearchResult<Item> {
      const sources = results.flatMap((result) => result.sources)
      const next = results.map(({ items }) => items)
      if (!areSame(parts, next)) {
        const { items } = uniqueResult(joinResults(results))
        if (!areSame(joined, items)) {
          joined = items
          // The first place with an id, as a search finds it.
          byId = new Map(items.toReversed().map((item) => [item.vendorId, item]))
        }
        parts = next
      }
      return { items: joined, sources }
    },
    /** The last items by the vendor's id. */
    get byId() {
      return byId
    },
  }
}

function areSame<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}

/** Accounts under one rate limit are read one after another. */
function bySchedule<Root extends Account<Place>>(accounts: readonly Root[]): ReadonlyMap<RefreshSchedule, Root[]> {
  const groups = new Map<RefreshSchedule, Root[]>()
  for (const account of accounts) {
    const group = groups.get(account.client.schedule)
    if (group) group.push(account)
    else groups.set(account.client.schedule, [account])
  }
  return groups
}

/** The key of a type whose global id is made of the vendor's id alone. */
function toEntityKey({ typename, key }: Pick<KindNames, 'typename' | 'key'>): EntityKey {
  return { fields: key, toId: (_operation, ids) => toGlobalId(typename, ...ids) }
}
