import { type GraphQLLeafType, type GraphQLOutputType, getNullableType, isListType, isNonNullType } from 'graphql'
import type { ResponsePath } from '../../encoded-lists.ts'
import { isObject } from '../../is-object.ts'
import type { EncodedObject } from './encoded-objects.ts'
import type { FieldOf, Hole, LeafPlan, NestedPlan, ObjectPlan, SelectionPlan } from './object-plan.ts'

/** An object has a field that the executor has to complete. */
export class NotEncodable extends Error {}

/** How objects are converted in one operation. */
export interface Encoding {
  /** The value of a field. */
  resolve(field: FieldOf<LeafPlan | NestedPlan>): unknown
}

/** Converts an object to JSON, with its fields that are found for each operation left out. @throws NotEncodable */
export function encodeObject(encoding: Encoding, selection: SelectionPlan, source: object): EncodedObject<Hole> {
  const plan = selection.of(source)
  if (!plan) throw new NotEncodable()
  const known = plan.kept?.get(source)
  if (known !== undefined) return known
  const writer = new Writer()
  writeFields(encoding, plan, source, [], writer)
  const encoded = writer.end()
  plan.kept?.set(source, encoded)
  return encoded
}

/** The JSON of the value of a field. @throws an error that the executor would report */
export function encodeLeaf({ plan, parent }: Pick<FieldOf<LeafPlan>, 'plan' | 'parent'>, value: unknown): string {
  return toJson(plan.field.type, plan.type, `${parent.name}.${plan.field.name}`, value)
}

/** Collects the parts of a text. */
class Writer {
  readonly #parts: (string | Hole)[] = []
  #text = ''

  write(text: string): void {
    this.#text += text
  }

  writeHole(hole: Hole): void {
    this.#parts.push(this.#text, hole)
    this.#text = ''
  }

  end(): EncodedObject<Hole> {
    return this.#parts.length === 0 ? this.#text : [...this.#parts, this.#text]
  }
}

function writeFields(
  encoding: Encoding,
  { type, fields }: ObjectPlan,
  source: object,
  path: ResponsePath,
  writer: Writer,
) {
  let before = '{'
  for (const plan of fields) {
    writer.write(`${before}${JSON.stringify(plan.key)}:`)
    before = ','
    if (plan.kind === 'typename') {
      writer.write(JSON.stringify(type.name))
      continue
    }
    const at = [...path, plan.key]
    if (plan.kind === 'leaf') writeLeaf(encoding, { plan, parent: type, source, path: at }, writer)
    else {
      const value = nestedValue(encoding, { plan, parent: type, source, path: at })
      writeObjects(encoding, plan.selection, plan.field.type, value, at, writer)
    }
  }
  writer.write(before === '{' ? '{}' : '}')
}

function writeLeaf(encoding: Encoding, field: FieldOf<LeafPlan>, writer: Writer): void {
  const text = field.plan.isConstant?.(field.source) ? constantText(encoding, field) : null
  if (text === null) writer.writeHole(field)
  else writer.write(text)
}

/** Null when the value is an error, which each operation reports, or comes later. */
function constantText(encoding: Encoding, field: FieldOf<LeafPlan>): string | null {
  try {
    const value = encoding.resolve(field)
    if (!(value instanceof Promise)) return encodeLeaf(field, value)
    value.catch(() => {})
  } catch {}
  return null
}

function nestedValue(encoding: Encoding, field: FieldOf<NestedPlan>): unknown {
  if (!field.plan.isConstant(field.source)) throw new NotEncodable()
  try {
    return encoding.resolve(field)
  } catch {
    throw new NotEncodable()
  }
}

/** Writes an object, a list of objects or null. */
function writeObjects(
  encoding: Encoding,
  selection: SelectionPlan,
  type: GraphQLOutputType,
  value: unknown,
  path: ResponsePath,
  writer: Writer,
): void {
  if (value === null || value === undefined) {
    if (isNonNullType(type)) throw new NotEncodable()
    writer.write('null')
    return
  }
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    if (!Array.isArray(value)) throw new NotEncodable()
    const { ofType }: { readonly ofType: GraphQLOutputType } = nullable
    value.forEach((item: unknown, index) => {
      writer.write(index === 0 ? '[' : ',')
      writeObjects(encoding, selection, ofType, item, [...path, index], writer)
    })
    writer.write(value.length === 0 ? '[]' : ']')
    return
  }
  if (!isObject(value) || value instanceof Promise || value instanceof Error) throw new NotEncodable()
  const plan = selection.of(value)
  if (!plan) throw new NotEncodable()
  writeFields(encoding, plan, value, path, writer)
}

function toJson(type: GraphQLOutputType, leaf: GraphQLLeafType, field: string, value: unknown): string {
  if (value instanceof Error) throw value
  if (value === null || value === undefined) {
    if (isNonNullType(type)) throw new Error(`Cannot return null for non-nullable field ${field}.`)
    return 'null'
  }
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    const { ofType }: { readonly ofType: GraphQLOutputType } = nullable
    const items = Array.isArray(value) ? (value as readonly unknown[]) : null
    if (!items) throw new Error(`Expected Iterable, but did not find one for field "${field}".`)
    return `[${items.map((item) => toJson(ofType, leaf, field, item)).join(',')}]`
  }
  const serialized: unknown = leaf.serialize(value)
  // The serialized value of a leaf is never undefined: an enum type and the scalars throw instead.
  return JSON.stringify(serialized) ?? 'null'
}
