import type { Operation } from '../upstream/operation.ts'
import type { Reading } from '../upstream/readings.ts'
import type { Found, Place, PlaceList } from './place.ts'
import { configuredSource, type Source, settleDiscovery } from './source.ts'

/** The places below an account or organization: those that the configuration lists, or those that the vendor does. */
export interface Discovery<Item extends Place> {
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
      list: async () => configured,
      find: async () => ({ items: configured, sources: [] }),
      source: async () => configuredSource(scope),
    }
  }
  const settle = (operation: Operation, maxStaleness?: number) => settleDiscovery(scope, read(operation, maxStaleness))
  return {
    list: async (operation) => (await read(operation)).value.places,
    find: async (operation, maxStaleness) => {
      const { reading, source } = await settle(operation, maxStaleness)
      return { items: reading?.value.places ?? [], sources: [source] }
    },
    source: async (operation) => (await settle(operation)).source,
  }
}
