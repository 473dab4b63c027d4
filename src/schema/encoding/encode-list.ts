import {
  type FieldNode,
  type GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNullableType,
  isListType,
  isNonNullType,
  locatedError,
  responsePathAsArray,
} from 'graphql'
import type { ResponsePath } from '../../encoded-lists.ts'
import { isObject } from '../../is-object.ts'
import type { Operation } from '../../operation.ts'
import { rowsPerLook } from '../../time-slice.ts'
import type { Dependency } from './constant.ts'
import { type Encoding, encodeLeaf, encodeObject, NotEncodable } from './encode-object.ts'
import { type EncodedObject, isValid, type Validity } from './encoded-objects.ts'
import type { FieldOf, Hole, LeafPlan, NestedPlan, SelectionPlan } from './object-plan.ts'
import { planFor } from './plan-for.ts'

export interface EncodedList {
  readonly text: string
  /** Those of fields and objects that are null in the text. */
  readonly errors: readonly GraphQLError[]
}

/**
 * Converts a list of objects to JSON, in slices. The text of an object is kept as long as the object exists; only fields
 * that are not constant are found in each operation. Null when the executor has to complete the list. A list whose text is
 * kept is converted at once.
 * @throws GraphQLError of a field or an object that cannot be null
 */
export function encodeList(
  items: readonly unknown[],
  operation: Operation,
  info: GraphQLResolveInfo,
): EncodedList | null | Promise<EncodedList | null> {
  const selection = planFor(info)
  const known = selection.pages?.get(items, operation)
  return known === undefined ? encodeItems(items, operation, info, selection) : { text: known, errors: [] }
}

async function encodeItems(
  items: readonly unknown[],
  operation: Operation,
  info: GraphQLResolveInfo,
  selection: SelectionPlan,
): Promise<EncodedList | null> {
  const list = new ListEncoder(operation, info)
  const objects = await list.settle(items)
  const known = objects === items ? undefined : selection.pages?.get(objects, operation)
  if (known !== undefined) return { text: known, errors: list.errors }
  const encoded = await list.encode(objects, selection)
  if (!encoded) return null
  const validity = validityOf(encoded, operation)
  const text = await list.fill(encoded)
  // It may have changed while the fields were read.
  if (validity && list.errors.length === 0 && isValid(validity, operation))
    selection.pages?.set(objects, text, validity)
  return { text, errors: list.errors }
}

/** How long the objects have the same text. Null when a field changes at any time, or at this moment. */
function validityOf(objects: readonly EncodedObject<Hole>[], operation: Operation): Validity | null {
  const { now } = operation
  let from = Number.NEGATIVE_INFINITY
  let until = Number.POSITIVE_INFINITY
  const dependencies = new Map<Dependency, object>()
  for (const object of objects) {
    if (typeof object === 'string') continue
    for (const part of object) {
      if (typeof part === 'string') continue
      const { plan, source } = part
      if (!plan.changesAt && !plan.dependsOn) return null
      for (const moment of plan.changesAt?.(source, now) ?? []) {
        if (moment <= now) from = Math.max(from, moment)
        if (moment >= now) until = Math.min(until, moment)
      }
      const dependency = plan.dependsOn?.(source)
      if (!dependency || dependencies.has(dependency)) continue
      const current = dependency.current(operation)
      if (!current) return null
      dependencies.set(dependency, current)
    }
  }
  return from < now && now < until ? { from, until, dependencies } : null
}

/** An object of the list that is null, because a field of it has this error and cannot be null. */
class NullObject extends Error {
  readonly error: GraphQLError

  constructor(error: GraphQLError) {
    super(error.message)
    this.error = error
  }
}

/** One list of one operation. */
class ListEncoder implements Encoding {
  readonly errors: GraphQLError[] = []
  readonly #operation: Operation
  readonly #info: GraphQLResolveInfo
  readonly #itemType: GraphQLOutputType
  readonly #infos = new Map<LeafPlan | NestedPlan, GraphQLResolveInfo>()

  constructor(operation: Operation, info: GraphQLResolveInfo) {
    this.#operation = operation
    this.#info = info
    const type = getNullableType(info.returnType)
    this.#itemType = isListType(type) ? type.ofType : type
  }

  /** Waits for objects that are still being found. One that fails is null. */
  async settle(items: readonly unknown[]): Promise<readonly unknown[]> {
    if (!items.some((item) => item instanceof Promise)) return items
    const results = await Promise.allSettled(items)
    return results.map((result, index) => {
      if (result.status === 'fulfilled') return result.value
      this.#report(this.#locate(result.reason, this.#info.fieldNodes, [index]), this.#itemType)
      return null
    })
  }

  /** Null when the executor has to complete the list. */
  async encode(items: readonly unknown[], selection: SelectionPlan): Promise<readonly EncodedObject<Hole>[] | null> {
    const { timeSlice } = this.#operation
    const encoded: EncodedObject<Hole>[] = []
    try {
      for (let index = 0; index < items.length; index += 1) {
        if (index % rowsPerLook === 0 && timeSlice.isOver()) await timeSlice.next()
        const item = items[index]
        if (item === null && !isNonNullType(this.#itemType)) encoded.push('null')
        else if (!isObject(item) || item instanceof Error) return null
        else encoded.push(encodeObject(this, selection, item))
      }
    } catch (error) {
      if (error instanceof NotEncodable) return null
      throw error
    }
    return encoded
  }

  /** Finds the fields that were left out. */
  async fill(objects: readonly EncodedObject<Hole>[]): Promise<string> {
    const { timeSlice } = this.#operation
    const texts: string[] = []
    const pending: Promise<void>[] = []
    for (let index = 0; index < objects.length; index += 1) {
      if (index % rowsPerLook === 0 && timeSlice.isOver()) await timeSlice.next()
      const object = objects[index] as EncodedObject<Hole>
      const text = typeof object === 'string' ? object : this.#fillObject(object, index)
      if (typeof text === 'string') texts[index] = text
      else {
        const filled = text.then((known) => {
          texts[index] = known
        })
        // It may fail before the others are complete.
        filled.catch(() => {})
        pending.push(filled)
      }
    }
    await Promise.all(pending)
    return `[${texts.join(',')}]`
  }

  resolve(field: FieldOf<LeafPlan | NestedPlan>): unknown {
    return field.plan.resolve(field.source, {}, this.#operation, this.#infoOf(field))
  }

  /** One for all objects of the list, so that the path lacks their indexes. */
  #infoOf({ plan, parent }: FieldOf<LeafPlan | NestedPlan>): GraphQLResolveInfo {
    const known = this.#infos.get(plan)
    if (known) return known
    const { field, nodes, key } = plan
    const path = { prev: this.#info.path, key, typename: parent.name }
    const { name: fieldName, type: returnType } = field
    const info = { ...this.#info, fieldName, fieldNodes: nodes, returnType, parentType: parent, path }
    this.#infos.set(plan, info)
    return info
  }

  #fillObject(parts: Exclude<EncodedObject<Hole>, string>, index: number): string | Promise<string> {
    const onError = (error: unknown) => {
      if (!(error instanceof NullObject)) throw error
      return this.#report(error.error, this.#itemType)
    }
    try {
      let text = ''
      const texts: (string | Promise<string>)[] = []
      for (const part of parts) {
        const next = typeof part === 'string' ? part : this.#fillHole(part, index)
        if (typeof next === 'string') text += next
        else {
          // A field after it may fail at once.
          next.catch(() => {})
          texts.push(text, next)
          text = ''
        }
      }
      if (texts.length === 0) return text
      return Promise.all([...texts, text])
        .then((known) => known.join(''))
        .catch(onError)
    } catch (error) {
      return onError(error)
    }
  }

  #fillHole(hole: Hole, index: number): string | Promise<string> {
    const onError = (cause: unknown) => {
      const error = this.#locate(cause, hole.plan.nodes, [index, ...hole.path])
      if (isNonNullType(hole.plan.field.type)) throw new NullObject(error)
      return this.#report(error, hole.plan.field.type)
    }
    try {
      const value = this.resolve(hole)
      return value instanceof Promise
        ? value.then((known: unknown) => encodeLeaf(hole, known)).catch(onError)
        : encodeLeaf(hole, value)
    } catch (error) {
      return onError(error)
    }
  }

  #locate(error: unknown, nodes: readonly FieldNode[], path: ResponsePath): GraphQLError {
    return locatedError(error, nodes, [...responsePathAsArray(this.#info.path), ...path])
  }

  /** Returns the JSON of a value that is null because of an error. @throws the error when the value cannot be null */
  #report(error: GraphQLError, type: GraphQLOutputType): string {
    if (isNonNullType(type)) throw error
    this.errors.push(error)
    return 'null'
  }
}
