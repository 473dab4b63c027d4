import type { Operation } from '../upstream/operation.ts'
import type { Reading } from '../upstream/readings.ts'
import { foundNothing } from './found.ts'
import type { Found, Place, PlaceList } from './place.ts'
import { isDiscoverySeen, isSeen, mayFind, seenOf } from './sight.ts'
import { configuredSource, type Source, settleDiscovery } from './source.ts'

/** The places below an account or organization that the caller may see, of those that the configuration or the vendor lists. */
export interface Discovery<Item extends Place> {
  /** Those that the configuration names, whoever may see them; none where the vendor is asked. */
  readonly configured: readonly Item[]
  /** @throws UpstreamError when the vendor could not be asked */
  list(operation: Operation): Promise<readonly Item[]>
  /** The same, with a failure as part of the report; a configured list needs none. */
  find(operation: Operation, maxStaleness?: number): Promise<Found<Item>>
  source(operation: Operation): Promise<Source>
}

export function createDiscovery<Item extends Place>(
  scope: Place,
  configured: readonly Item[] | 'discover',
  read: (operation: Operation, maxStaleness?: number) => Promise<Reading<PlaceList<Item>>>,
): Discovery<Item> {
  if (configured !== 'discover') {
    return {
      configured,
      list: async (operation) => seenOf(operation, configured),
      find: async (operation) => ({ items: seenOf(operation, configured), sources: [] }),
      source: async () => configuredSource(scope),
    }
  }
  const discover = async (operation: Operation, maxStaleness?: number) => {
    const reading = await read(operation, maxStaleness)
    operation.whereabouts?.note(scope.id, reading.value.places)
    return reading
  }
  const settle = (operation: Operation, maxStaleness?: number) =>
    settleDiscovery(scope, discover(operation, maxStaleness))
  return {
    configured: [],
    list: async (operation) => seenOf(operation, (await discover(operation)).value.places),
    find: async (operation, maxStaleness) => {
      if (!mayFind(operation, scope)) return foundNothing
      // By the time this one fails it may be known where the caller's places are, also when it takes all the time there is.
      if (!isSeen(operation, scope)) operation.whereabouts?.learn?.(operation, 'seen')
      const { reading, source } = await settle(operation, maxStaleness)
      const items = seenOf(operation, reading?.value.places ?? [])
      return { items, sources: (await isDiscoverySeen(operation, source, items.length)) ? [source] : [] }
    },
    source: async (operation) => (await settle(operation)).source,
  }
}
