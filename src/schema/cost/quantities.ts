import type { GraphQLNamedType } from 'graphql'
import type { Sizes } from './sizes.ts'

/** What a field can count once for each of. */
export type Quantity = 'rows' | 'scan' | 'sources' | 'places' | 'duplicates' | 'copies'

/** How many of a quantity an object has. Computed only when a selected field counts once for each of it. */
export type Quantities = { readonly [Each in Quantity]?: () => number }

/** The part of a price that depends on what the caller sees. */
export interface SizedPrice {
  /** What the field costs in addition. */
  readonly price?: number
  /** For the fields of the objects that it returns. */
  readonly quantities?: Quantities
}

/** Prices a field by its arguments, by what the caller sees, and by the name of the type that has the field. */
export type PriceBySize = (args: Readonly<Record<string, unknown>>, sizes: Sizes, parent: string) => SizedPrice

/** What a selected field adds to a cost. */
export interface FieldPrice {
  readonly type: GraphQLNamedType
  readonly price: number
  /** How many objects below it there are. */
  readonly multiplier: number
  /** Counted by the fields of these objects. */
  readonly quantities: Quantities
  readonly per: Quantity | undefined
  /** The name of the call that the field shares with other values of its object. */
  readonly sharedCall: string | undefined
  /** Undefined for objects. */
  readonly value: 'single' | 'list' | undefined
}

/** The price of a call to a vendor; the unit is an object. */
export const call = 10

const rowsPerUnit = 100

/** The price of looking at each of these rows once. Fewer than a hundred are included in the price of their list. */
export const priceOfScan = (rows: number): number => Math.floor(rows / rowsPerUnit)
