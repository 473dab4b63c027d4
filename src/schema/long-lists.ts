import {
  defaultFieldResolver,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql'
import type { Operation } from '../operation.ts'
import type { TimeSlice } from '../time-slice.ts'

/** A shorter list is completed at once. */
const minLength = 10

/**
 * Completes the objects of long lists in slices. graphql-js would complete a whole list with all its fields in one
 * iteration of the event loop.
 */
export function completeLongListsInSlices(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (!isListType(getNullableType(field.type)) || isLeafType(getNamedType(field.type))) continue
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (parent, args, operation: Operation, info) => {
        const list: unknown = resolve(parent, args, operation, info)
        return list instanceof Promise
          ? list.then((items: unknown) => inSlices(items, operation.timeSlice))
          : inSlices(list, operation.timeSlice)
      }
    }
  }
}

/** Each item as a promise that resolves when there is time to complete it, after the items before it. */
function inSlices(items: unknown, timeSlice: TimeSlice): unknown {
  if (!Array.isArray(items) || items.length < minLength) return items
  let previous: Promise<void> = Promise.resolve()
  return items.map((item: unknown) => {
    // A lookup may fail before there is time to complete its item.
    if (item instanceof Promise) item.catch(() => {})
    previous = previous.then(() => (timeSlice.isOver() ? timeSlice.next() : undefined))
    return previous.then(() => item)
  })
}
