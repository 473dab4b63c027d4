import type { Operation, PlaceIndex } from '../operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import type { Place, PlaceList, SearchResult, Source, SourceState } from './place.ts'
import { emptyResult } from './search-result.ts'
import { configuredSource, discoveredNow, settleReading } from './source.ts'
import { isVisible, mayFind, visibleOf } from './visibility.ts'

/** The caller of an operation. */
type Visitor = Parameters<typeof isVisible>[0]

/** The places below an account that the caller may see, as the configuration or the vendor lists them. */
export interface Discovery<Item extends Place> {
  /** Whether the vendor lists the places. */
  readonly isDiscovered: boolean
  /** The places in the configuration, regardless of the caller; none where the vendor lists them. */
  readonly configured: readonly Item[]
  /** @throws UpstreamError when the vendor does not list them */
  list(operation: Operation): Promise<readonly Item[]>
  /** As `list`, with a failure as part of the report. There is no report on a configured list. */
  find(operation: Operation, maxStaleness?: number): Promise<SearchResult<Item>>
  /** What `find` would return without waiting, for a caller who may see every place; null when it may have to wait. */
  findKept(operation: Operation): SearchResult<Item> | null
  /** The place with this id, without a call: any id where the vendor lists the places. Null when it is not configured. */
  get(visitor: Visitor, vendorId: string): Item | null
  source(operation: Operation): Promise<Source>
  /** What is known of the vendor's list, without a call; null for a configured list. */
  state(): SourceState | null
  /** Takes over the vendor's list that is kept from before the start, without a call, and records its places. */
  restore(placeIndex: Pick<PlaceIndex, 'record'>): Promise<void>
  /** The places as last read, without a call; null when they were never listed. */
  lastPlaces(visitor: Visitor): readonly Item[] | null
}

interface VendorList<Item extends Place> {
  create(vendorId: string): Item
  /** Reads the vendor's list. */
  read(operation: Operation, maxStaleness?: number): Promise<Reading<PlaceList<Item>>>
  /** What `read` would return without waiting; null when it may have to wait. */
  readKept(operation: Operation): Reading<PlaceList<Item>> | null
  /** The vendor's list as last read. */
  last(): PlaceList<Item> | null
  state(): SourceState
  restore(): Promise<void>
}

/** Places below `parent` that the configuration lists. A place without places below it has an empty list. */
export function createConfiguredDiscovery<Item extends Place>(
  parent: Place,
  configured: readonly Item[] = [],
): Discovery<Item> {
  return {
    isDiscovered: false,
    configured,
    list: async (operation) => visibleOf(operation, configured),
    find: async (operation) => ({ items: visibleOf(operation, configured), sources: [] }),
    findKept: () => ({ items: configured, sources: [] }),
    get: (visitor, vendorId) => visibleOf(visitor, configured).find((place) => place.vendorId === vendorId) ?? null,
    source: async () => configuredSource(parent),
    state: () => null,
    async restore() {},
    lastPlaces: (visitor) => visibleOf(visitor, configured),
  }
}

/** Places below `parent` that the vendor lists. */
export function createVendorDiscovery<Item extends Place>(
  parent: Place,
  { create, read, readKept, last, state, restore }: VendorList<Item>,
): Discovery<Item> {
  const record = (operation: Operation, { value, error }: Reading<PlaceList<Item>>) =>
    operation.placeIndex?.record(parent.id, value.places, error === null && value.unreadableRows === 0)
  const discover = async (operation: Operation, maxStaleness?: number) => {
    try {
      const reading = await read(operation, maxStaleness)
      record(operation, reading)
      return reading
    } catch (error) {
      // An operation that ended says nothing about the vendor.
      if (!operation.signal.aborted) operation.placeIndex?.recordFailure(parent.id)
      throw error
    }
  }
  const settle = (operation: Operation, maxStaleness?: number) =>
    settleReading(parent, 'DISCOVERY', discover(operation, maxStaleness))
  return {
    isDiscovered: true,
    configured: [],
    list: async (operation) => visibleOf(operation, (await discover(operation)).value.places),
    find: async (operation, maxStaleness) => {
      if (!mayFind(operation, parent)) return emptyResult
      // Learns where the caller's places are while the discovery is in progress: it may fail at the deadline.
      if (!isVisible(operation, parent)) operation.placeIndex?.learn?.(operation, 'seen')
      const { reading, source } = await settle(operation, maxStaleness)
      const items = visibleOf(operation, reading?.value.places ?? [])
      // A report contains the account's name. A caller gets it only if they may see the account or a place below it.
      if (isVisible(operation, parent) || items.length > 0) return { items, sources: [source] }
      if (reading === null && source.error)
        operation.placeIndex?.recordHiddenFailure(operation, parent.id, source.error)
      return emptyResult
    },
    findKept(operation) {
      const reading = readKept(operation)
      if (!reading) return null
      record(operation, reading)
      return { items: reading.value.places, sources: [discoveredNow(parent, reading).source] }
    },
    get: (visitor, vendorId) => (isVisible(visitor, { vendorId }) ? create(vendorId) : null),
    source: async (operation) => (await settle(operation)).source,
    state,
    async restore(placeIndex) {
      await restore()
      const known = last()
      if (known) placeIndex.record(parent.id, known.places, state().status === 'OK' && known.unreadableRows === 0)
    },
    lastPlaces(visitor) {
      const known = last()
      return known && visibleOf(visitor, known.places)
    },
  }
}
