import { placeKey } from '../catalog/certificate-list.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../catalog/connection.ts'
import { createOrdering, sortRows } from '../catalog/ordering.ts'
import type { Place } from './place.ts'

export const placeOrdering = createOrdering<Place>('PLACE', 'ASC', (place) => ({ key: placeKey(place), id: place.id }))

/** A page of the places below another one. */
export async function placeConnection<Item extends Place>(
  args: ConnectionArguments,
  list: () => Promise<readonly Item[]>,
): Promise<Connection<Item>> {
  const window = parseWindow(placeOrdering, args)
  const places = sortRows<Item>(await list(), placeOrdering)
  return toConnection<Item, Item>([places], { ordering: placeOrdering, window, toNode: (place) => place })
}
