import { placeKey } from '../catalog/certificate-list.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../catalog/connection.ts'
import { createOrdering, sortRows } from '../catalog/ordering.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Place } from './place.ts'

export const placeOrdering = createOrdering<Place>('PLACE', 'ASC', (place) => ({ key: placeKey(place), id: place.id }))

/** A page of the places below another one. */
export async function placeConnection<Item extends Place>(
  args: ConnectionArguments,
  timeSlice: TimeSlice,
  list: () => Promise<readonly Item[]>,
): Promise<Connection<Item>> {
  const window = parseWindow(placeOrdering, args)
  const places = await sortRows<Item>(await list(), placeOrdering, timeSlice)
  return toConnection<Item, Item>([places], { ordering: placeOrdering, window, timeSlice, toNode: (place) => place })
}
