import type { Operation } from '../operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import type { Place, PlaceList, SearchResult } from './place.ts'
import { emptyResult } from './search-result.ts'
import { configuredSource, type Source, settleDiscovery } from './source.ts'
import { isDiscoveryVisible, isVisible, mayFind, visibleOf } from './visibility.ts'

/** The places below an account or organization that the caller may see, of those that the configuration or the vendor lists. */
export interface Discovery<Item extends Place> {
  /** Those that the configuration names, whoever may see them; none where the vendor is asked. */
  readonly configured: readonly Item[]
  /** @throws UpstreamError when the vendor could not be asked */
  list(operation: Operation): Promise<readonly Item[]>
  /** The same, with a failure as part of the report; a configured list needs none. */
  find(operation: Operation, maxStaleness?: number): Promise<SearchResult<Item>>
  source(operation: Operation): Promise<Source>
}

export function createDiscovery<Item extends Place>(
  place: Place,
  configured: readonly Item[] | 'discover',
  read: (operation: Operation, maxStaleness?: number) => Promise<Reading<PlaceList<Item>>>,
): Discovery<Item> {
  if (configured !== 'discover') {
    return {
      configured,
      list: async (operation) => visibleOf(operation, configured),
      find: async (operation) => ({ items: visibleOf(operation, configured), sources: [] }),
      source: async () => configuredSource(place),
    }
  }
  const discover = async (operation: Operation, maxStaleness?: number) => {
    const reading = await read(operation, maxStaleness)
    operation.placeIndex?.record(place.id, reading.value.places)
    return reading
  }
  const settle = (operation: Operation, maxStaleness?: number) =>
    settleDiscovery(place, discover(operation, maxStaleness))
  return {
    configured: [],
    list: async (operation) => visibleOf(operation, (await discover(operation)).value.places),
    find: async (operation, maxStaleness) => {
      if (!mayFind(operation, place)) return emptyResult
      // By the time this one fails it may be known where the caller's places are, also when it takes all the time there is.
      if (!isVisible(operation, place)) operation.placeIndex?.learn?.(operation, 'seen')
      const { reading, source } = await settle(operation, maxStaleness)
      const items = visibleOf(operation, reading?.value.places ?? [])
      return { items, sources: (await isDiscoveryVisible(operation, source, items.length)) ? [source] : [] }
    },
    source: async (operation) => (await settle(operation)).source,
  }
}
