import { Kind, parse, type SelectionSetNode } from 'graphql'
import { InputError } from '../../input-error.ts'
import { isObject } from '../../is-object.ts'
import type { EntityKey } from '../../providers/provider.ts'
import { checkId } from '../../upstream/url.ts'

/** A reference from another subgraph: `__typename`, and the fields of one of the type's keys. */
export type Representation = Readonly<Record<string, unknown>>

/**
 * The ids in the fields of a vendor's key, in the order of its selection.
 * @throws InputError when one is missing or is not an id
 */
export function readIds(representation: Representation, { fields }: EntityKey): readonly string[] {
  return [...leaves(representation, selectionOf(fields), '')]
}

function* leaves(values: Representation, { selections }: SelectionSetNode, path: string): Generator<string> {
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) continue
    const { name, selectionSet } = selection
    const value = values[name.value]
    const argument = `${path}${name.value}`
    if (selectionSet) yield* leaves(isObject(value) ? value : {}, selectionSet, `${argument}.`)
    else yield readId(value, argument)
  }
}

/** GraphQL accepts integers as ids. */
function readId(value: unknown, argument: string): string {
  if (typeof value !== 'string' && !Number.isSafeInteger(value)) throw new InputError(`${argument}: expected an id`)
  return checkId(String(value), argument)
}

function selectionOf(fields: string): SelectionSetNode {
  const [definition] = parse(`{ ${fields} }`).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError(`not a selection: ${fields}`)
  return definition.selectionSet
}
