import { type GraphQLField, getNamedType, getNullableType, isLeafType, isListType } from 'graphql'
import { defaultPageSize, maxPageSize } from '../../catalog/connection.ts'
import { maxItemsOf } from '../list-limit.ts'
import { call, type PriceBySize, priceOfScan, type Quantity } from './quantities.ts'
import { certificatePasses, isGiven, priceOfPlaceList, priceOfSearch, priceOfStatistics } from './search-price.ts'
import { assumedLength } from './sizes.ts'

const bySize = (price: PriceBySize) => ({ extensions: { bySize: price } })
/** A field that counts once for each of a quantity, with the objects below it. */
const per = (quantity: Quantity, price = 1) => ({
  complexity: { field: price, multiplier: 1 },
  extensions: { per: quantity },
})

/** How many places have the same certificate, on average. */
const priceOfDuplicates: PriceBySize = (_args, sizes) => ({
  quantities: {
    copies: () => {
      const { certificates, rows } = sizes.duplicates()
      return certificates === 0 ? 0 : rows / certificates
    },
  },
})

/** Looking for a certificate in the list of each place. */
const priceOfLists = (places: number) => priceOfScan(4 * places)
const priceOfAllLists: PriceBySize = (_args, { places }) => ({ price: priceOfLists(places) })

/** Field options with the price of a field that costs more than its value or object. */
export const prices = {
  /** Values that cost one call. */
  call: { complexity: call },
  /** An object that costs one call to find. */
  found: { complexity: { field: call + 1, multiplier: 1 } },
  /** Values of an object that come from one call, by the name of the call; a selection of several costs it once. */
  sharedCall: (name: string) => ({ complexity: call, extensions: { sharedCall: name } }),
  /** The same for values that the lists of all places together have. */
  sharedLists: (name: string) => ({
    complexity: call,
    extensions: { sharedCall: name, bySize: priceOfAllLists },
  }),
  /** The same for the X.509 fields of a certificate. */
  certificate: { complexity: call, extensions: { sharedCall: 'certificate' } },
  /** The content of a certificate, which is not kept: it costs that call each time. */
  content: { complexity: call, extensions: { sharedCall: 'certificate', alwaysCalls: true } },
  /** A page of a search over many places. */
  search: bySize(priceOfSearch),
  /** A page of the list of a place. */
  placeList: bySize(priceOfPlaceList),
  /** The statistics of a search. */
  statistics: { complexity: { field: call + 1, multiplier: 1 }, ...bySize(priceOfStatistics) },
  /** A page of all places. */
  places: bySize((_args, { places, discoveries }) => ({
    price: priceOfScan(places),
    quantities: { scan: () => priceOfScan(places), sources: () => discoveries.all },
  })),
  /** A page of the history: it is in memory, or read at once. Its rows are counted without a look at each. */
  changes: bySize(() => ({ quantities: { scan: () => 0 } })),
  /** A page of places that each need a call, which is made once for all pages of the operation. */
  pageWithCalls: {
    complexity: (args: PageArguments) => ({ field: 2 * call, multiplier: pageSize(args) }),
    // Other arguments are conditions, which are tested with the list of each place.
    ...bySize(({ first, last, after, before, ...conditions }, { places }) => ({
      price: Object.values(conditions).some(isGiven) ? priceOfLists(places) : priceOfScan(places),
      quantities: { scan: () => priceOfScan(places) },
    })),
  },
  /** Values that need a call for every certificate: priced as if it made a hundred. */
  everyCertificate: {
    complexity: { field: maxPageSize * call, multiplier: 1 },
    ...bySize((_args, sizes) => ({ price: certificatePasses * priceOfScan(sizes.rows()) })),
  },
  /** The rows of a page, as objects. */
  rows: per('rows'),
  /** The rows of a page, with the objects below them. */
  edges: per('rows', 0),
  /** A number for which every row is looked at. */
  scan: per('scan'),
  /** The reports on what a search read. */
  sources: per('sources'),
  /** A list with an object for each place that a search reads. */
  eachPlace: per('places'),
  /** The certificates that several places have. */
  duplicates: {
    complexity: { field: 1, multiplier: 1 },
    extensions: { per: 'duplicates', bySize: priceOfDuplicates },
  },
  /** Such a certificate in each of the places. */
  copies: per('copies'),
  /** Data of a page or a row that costs nothing in addition. */
  included: { complexity: { field: 0, multiplier: 1 } },
  /** A list of this many objects. */
  listOf: (length: number) => ({ complexity: { field: length, multiplier: length } }),
  /** A list of at most four objects, usually two. */
  few: { complexity: { field: 2, multiplier: 2 } },
  /** The same, found in the lists of all places. */
  foundFew: { complexity: { field: call + 2, multiplier: 2 }, ...bySize(priceOfAllLists) },
  /** A text of 100 kB. */
  longText: { complexity: 100 },
} as const

/** The price of any other field: a value is free, a connection costs a call, and its rows count by the page size. */
export function priceOf(
  args: Readonly<Record<string, unknown>>,
  _operation: unknown,
  field: GraphQLField<unknown, never>,
): { field: number; multiplier: number } {
  if (isLeafType(getNamedType(field.type))) return { field: 0, multiplier: 1 }
  if (isPage(field)) return { field: call, multiplier: pageSize(args) }
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

/** Whether a field is a connection. */
export function isPage({ args }: Pick<GraphQLField<unknown, never>, 'args'>): boolean {
  return args.some(({ name }) => name === 'first')
}

/** The part of the price of any other connection that depends on sizes: its list is read, and sorted. */
export const priceOfPage: PriceBySize = (_args, sizes) => {
  const scan = priceOfScan(Math.max(sizes.largest(), sizes.places))
  return { price: scan, quantities: { scan: () => scan } }
}

interface PageArguments {
  readonly first?: unknown
  readonly last?: unknown
}

/** At most the largest page: a larger `first` or `last` is an error when it is executed. */
function pageSize({ first, last }: PageArguments): number {
  const sizes = [first, last].filter((size) => typeof size === 'number')
  return sizes.length === 0 ? defaultPageSize : Math.min(Math.max(...sizes, 0), maxPageSize)
}
