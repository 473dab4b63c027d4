import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isLeafType,
  isListType,
  type OperationDefinitionNode,
} from 'graphql'
import type { CertificateFilterInput } from '../search/filter-input.ts'
import { priceable } from './priceable.ts'

/** What a call to a vendor costs; an object costs one. */
const call = 10
const mostRows = 100
const usualRows = 20
/** How many objects a list is taken to have that nobody bounds. */
const usualList = 10

/** The price of a field that is not just a value or an object that is there anyway, to be spread into its options. */
export const prices = {
  /** A value, or values, with a call of its own. */
  call: { complexity: call },
  /** An object that takes a call to find. */
  found: { complexity: { field: call + 1, multiplier: 1 } },
  /** The values of a certificate that one call gives together, in a selection of them paid once. */
  certificate: { complexity: call, extensions: { sharedCall: 'certificate' } },
  /** The same of an enrollment. */
  enrollment: { complexity: call, extensions: { sharedCall: 'enrollment' } },
  /** The same of the flags that a certificate has in projects. */
  flags: { complexity: call, extensions: { sharedCall: 'flags' } },
  /** A page of projects with the flags: one list for each, but read once for all certificates. */
  withFlags: (args: PageArguments) => ({ field: 2 * call, multiplier: pageSize(args) }),
  /** A list that has as many rows as the page around it asks for, each an object. */
  rows: { complexity: { field: 1, multiplier: 1 } },
  /** What comes with its page or its row. */
  included: { complexity: { field: 0, multiplier: 1 } },
  /** A list of at most four objects, as a rule of two. */
  few: { complexity: { field: 2, multiplier: 2 } },
  /** The same that takes a call to find. */
  foundFew: { complexity: { field: call + 2, multiplier: 2 } },
  /** The place of a report, of which there is one for each place. */
  eachPlace: { complexity: { field: 1, multiplier: usualList } },
} as const

/** Any other field: a value is free, a connection costs its call and is multiplied by its page. */
export function priceOf(
  args: Readonly<Record<string, unknown>>,
  _operation: unknown,
  field: GraphQLField<unknown, never>,
): { field: number; multiplier: number } {
  if (isLeafType(getNamedType(field.type))) return { field: 0, multiplier: 1 }
  if (field.args.some(({ name }) => name === 'first')) return { field: call, multiplier: pageSize(args) }
  const keys = args['ids'] ?? args['representations']
  if (Array.isArray(keys)) return { field: keys.length * (call + 1), multiplier: keys.length }
  const count = isListType(getNullableType(field.type)) ? usualList : 1
  return { field: count, multiplier: count }
}

interface PageArguments {
  readonly first?: unknown
  readonly last?: unknown
}

interface Searched {
  readonly filter?: CertificateFilterInput | null | undefined
}

/** A page of what passes a filter. One that has to look into certificates is paid as if it looked into a hundred. */
export function priceOfSearch(args: Searched & PageArguments) {
  return { field: call + priceOfFilter(args), multiplier: pageSize(args) }
}

/** Numbers of what passes a filter. */
export function priceOfStatistics(args: Searched) {
  return { field: call + 1 + priceOfFilter(args), multiplier: 1 }
}

function priceOfFilter({ filter }: Searched): number {
  if (!filter) return 0
  const { issuerContains, subjectAltName, serialNumber, sha256Fingerprint, expiringUncovered } = filter
  const looksInside = [issuerContains, subjectAltName, serialNumber, sha256Fingerprint, expiringUncovered]
  return looksInside.some((condition) => condition !== null && condition !== undefined) ? mostRows * call : 0
}

/** A page is never larger than the largest, whatever is asked for: then it is refused. */
function pageSize({ first, last }: PageArguments): number {
  const asked = [first, last].filter((size) => typeof size === 'number')
  return asked.length === 0 ? usualRows : Math.min(Math.max(...asked, 0), mostRows)
}

interface AskedFor {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * Prices operations on a schema. Undefined for one that will not be executed: there is none of that name, or its
 * variables do not fit.
 */
export function createCostOf(schema: GraphQLSchema): (asked: AskedFor) => number | undefined {
  const prepared = new WeakMap<OperationDefinitionNode, DocumentNode>()
  return ({ document, operationName, variables }) => {
    const operation = getOperationAST(document, operationName)
    if (!operation) return undefined
    if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return undefined
    let toPrice = prepared.get(operation)
    if (!toPrice) {
      toPrice = priceable(schema, document, operation)
      prepared.set(operation, toPrice)
    }
    const { complexity } = complexityFromQuery(toPrice, { schema, variables: { ...variables } })
    return Math.min(complexity, Number.MAX_SAFE_INTEGER)
  }
}
