import { KeptResults, type ResultBasis } from './kept-results.ts'

/** The rows of a page, as its operations have them in common. */
export interface Page<Edge> {
  readonly edges: readonly Edge[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

/** Rows of the pages that are kept at most. Each takes the memory of its node and 40 bytes. */
const maxRows = 5_000

/** The same first pages are requested again and again. */
const pages = new KeptResults<Page<unknown>>(maxRows, ({ edges }) => edges.length + 1)

/**
 * Makes a page, unless the same one is kept.
 * @param basis what determines the rows of the page and their nodes, besides the order and the window
 * @param name of the order and the window
 */
export function keepPage<Edge>(
  basis: ResultBasis,
  name: string,
  make: () => Promise<Page<Edge>>,
): Page<Edge> | Promise<Page<Edge>> {
  // What is kept for the same basis and the same name was made in the same way.
  return pages.get(basis, name, make) as Page<Edge> | Promise<Page<Edge>>
}
