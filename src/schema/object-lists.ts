import {
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  responsePathAsArray,
} from 'graphql'
import type { Operation } from '../operation.ts'
import type { TimeSlice } from '../time-slice.ts'
import { type EncodedList, encodeList } from './encoding/encode-list.ts'
import { replaceResolver } from './encoding/list-resolvers.ts'

/** A shorter list is completed at once. */
const minLength = 10

/**
 * Converts lists of objects to JSON where their fields are simple, and has the executor complete other long lists in slices.
 * It would complete a whole list with all its fields in one iteration of the event loop.
 */
export function completeListsInSlices(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (!isListType(getNullableType(field.type)) || isLeafType(getNamedType(field.type))) continue
      replaceResolver(field, (resolve) => (parent, args, operation, info) => {
        const list: unknown = resolve(parent, args, operation, info)
        return list instanceof Promise
          ? list.then((items: unknown) => complete(items, operation, info))
          : complete(list, operation, info)
      })
    }
  }
}

function complete(items: unknown, operation: Operation, info: GraphQLResolveInfo): unknown {
  const { encodedLists, timeSlice } = operation
  if (!Array.isArray(items) || items.length === 0) return items
  if (!encodedLists) return inSlices(items, timeSlice)
  const insert = (encoded: EncodedList | null) => {
    if (!encoded) return inSlices(items, timeSlice)
    encodedLists.add(responsePathAsArray(info.path), encoded.text, encoded.errors)
    return []
  }
  const encoded = encodeList(items, operation, info)
  return encoded instanceof Promise ? encoded.then(insert) : insert(encoded)
}

/** Each item as a promise that resolves when there is time to complete it, after the items before it. */
function inSlices(items: readonly unknown[], timeSlice: TimeSlice): readonly unknown[] {
  if (items.length < minLength) return items
  let previous: Promise<void> = Promise.resolve()
  return items.map((item: unknown) => {
    // A lookup may fail before there is time to complete its item.
    if (item instanceof Promise) item.catch(() => {})
    previous = previous.then(() => (timeSlice.isOver() ? timeSlice.next() : undefined))
    return previous.then(() => item)
  })
}
