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
} from 'graphql'
import { defaultPageSize, maxPageSize } from '../../catalog/connection.ts'
import { maxItemsOf } from '../list-limit.ts'
import type { CertificateFilterInput } from '../search/filter-input.ts'
import { mergedCost } from './merged-cost.ts'
import { createSelections } from './selections.ts'
import { summedCost } from './summed-cost.ts'

/** The price of a call to a vendor; the unit is an object. */
const call = 10
/** The assumed length of a list without a page size. */
const assumedLength = 10

/** Field options with the price of a field that costs more than its value or object. */
export const prices = {
  /** Values that cost one call. */
  call: { complexity: call },
  /** An object that costs one call to find. */
  found: { complexity: { field: call + 1, multiplier: 1 } },
  /** Values of an object that come from one call, by the name of the call; a selection of several costs it once. */
  sharedCall: (name: string) => ({ complexity: call, extensions: { sharedCall: name } }),
  /** The same for the X.509 fields of a certificate. */
  certificate: { complexity: call, extensions: { sharedCall: 'certificate' } },
  /** A page of objects that each need a call, which is made once for all pages of the operation. */
  pageWithCalls: (args: PageArguments) => ({ field: 2 * call, multiplier: pageSize(args) }),
  /** A page of a search. */
  search: priceOfSearch,
  /** Values that need a call for every certificate: priced as if it made a hundred. */
  everyCertificate: { complexity: { field: maxPageSize * call, multiplier: 1 } },
  /** A list with as many rows as the page that contains it. */
  rows: { complexity: { field: 1, multiplier: 1 } },
  /** Data of a page or a row that costs nothing in addition. */
  included: { complexity: { field: 0, multiplier: 1 } },
  /** A list of at most four objects, usually two. */
  few: { complexity: { field: 2, multiplier: 2 } },
  /** The same, with a call to find them. */
  foundFew: { complexity: { field: call + 2, multiplier: 2 } },
  /** The place of a report; there is one report per place. */
  eachPlace: { complexity: { field: 1, multiplier: assumedLength } },
} as const

/** The price of any other field: a value is free, a connection costs a call and multiplies its rows by the page size. */
export function priceOf(
  args: Readonly<Record<string, unknown>>,
  _operation: unknown,
  field: GraphQLField<unknown, never>,
): { field: number; multiplier: number } {
  if (isLeafType(getNamedType(field.type))) return { field: 0, multiplier: 1 }
  if (field.args.some(({ name }) => name === 'first')) return { field: call, multiplier: pageSize(args) }
  const list = field.args.find(({ name }) => name === 'ids' || name === 'representations')
  const keys = list && args[list.name]
  if (list && Array.isArray(keys)) {
    // A longer list is an error when it is executed.
    const count = Math.min(keys.length, maxItemsOf(list))
    return { field: count * (call + 1), multiplier: count }
  }
  const count = isListType(getNullableType(field.type)) ? assumedLength : 1
  return { field: count, multiplier: count }
}

interface PageArguments {
  readonly first?: unknown
  readonly last?: unknown
}

interface SearchArguments {
  readonly filter?: CertificateFilterInput | null | undefined
}

/** A page of a search. A filter that needs calls per certificate is priced as if it made a hundred. */
function priceOfSearch(args: SearchArguments & PageArguments) {
  return { field: call + priceOfFilter(args), multiplier: pageSize(args) }
}

/** The statistics of a search. */
export function priceOfStatistics(args: SearchArguments) {
  return { field: call + 1 + priceOfFilter(args), multiplier: 1 }
}

function priceOfFilter({ filter }: SearchArguments): number {
  if (!filter) return 0
  const { issuerContains, subjectAltName, serialNumber, sha256Fingerprint, weaknesses, expiringUncovered } = filter
  const needsCalls = [issuerContains, subjectAltName, serialNumber, sha256Fingerprint, weaknesses, expiringUncovered]
  return needsCalls.some((condition) => condition !== null && condition !== undefined) ? maxPageSize * call : 0
}

/** At most the largest page: a larger `first` or `last` is an error when it is executed. */
function pageSize({ first, last }: PageArguments): number {
  const sizes = [first, last].filter((size) => typeof size === 'number')
  return sizes.length === 0 ? defaultPageSize : Math.min(Math.max(...sizes, 0), maxPageSize)
}

interface PricedOperation {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** About 10 ms. Ordinary operations take fewer than 2,000 steps. */
const maxSteps = 20_000

/**
 * Returns a function that prices operations. It returns undefined for an operation that will not be executed: its name
 * is not in the document, or its variables are invalid.
 */
export function createCostOf(schema: GraphQLSchema): (operation: PricedOperation) => number | undefined {
  return ({ document, operationName, variables }) => {
    const operation = getOperationAST(document, operationName)
    const root = operation && schema.getRootType(operation.operation)
    if (!root) return undefined
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
    if (!coerced) return undefined
    const selections = createSelections(schema, document, coerced)
    const cost =
      mergedCost(selections, root, operation.selectionSet, coerced, maxSteps) ??
      summedCost(selections, root, operation.selectionSet, coerced)
    return Math.min(cost, Number.MAX_SAFE_INTEGER)
  }
}
