import { Kind, parse, type SelectionSetNode } from 'graphql'
import { InputError } from '../../input-error.ts'
import { isObject } from '../../is-object.ts'
import type { EntityKey } from '../../providers/entity-key.ts'
import { checkId } from '../../upstream/url.ts'

export type Fields = Readonly<Record<string, unknown>>

/**
 * The ids at the leaves of a vendor's own key.
 * @throws InputError when one is missing, or could be more than an id
 */
export function readIds(values: Fields, { fields }: EntityKey): readonly string[] {
  return [...leaves(values, selectionOf(fields), '')]
}

function* leaves(values: Fields, { selections }: SelectionSetNode, path: string): Generator<string> {
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) continue
    const { name, selectionSet } = selection
    const value = values[name.value]
    const place = `${path}${name.value}`
    if (selectionSet) yield* leaves(isObject(value) ? value : {}, selectionSet, `${place}.`)
    else yield readId(value, place)
  }
}

/** GraphQL takes whole numbers for ids as well. */
function readId(value: unknown, place: string): string {
  if (typeof value !== 'string' && !Number.isSafeInteger(value)) throw new InputError(`${place}: expected an id`)
  return checkId(String(value), place)
}

function selectionOf(fields: string): SelectionSetNode {
  const [definition] = parse(`{ ${fields} }`).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError(`no selection: ${fields}`)
  return definition.selectionSet
}
