/** The rows of a page, as its operations have them in common. */
export interface Page<Edge> {
  readonly edges: readonly Edge[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

/** What determines the rows of a page and their nodes, besides the order and the window. */
export interface PageBasis {
  /** Objects that never change. */
  readonly of: readonly [object, ...(readonly object[])]
  /** Further values, as a text. */
  readonly state: string
}

interface KeptPage {
  /** Those after the first one. The page does not keep these lists alive: each may have all the rows of a vendor. */
  readonly others: readonly WeakRef<object>[]
  readonly page: Page<unknown>
}

/** Rows of the pages that are kept at most. Each takes the memory of its node and 40 bytes. */
const maxRows = 5_000

type PagesByBasis = WeakMap<object, Map<string, KeptPage>>

/** The pages that were made last: the same first pages are requested again and again. */
let pages: PagesByBasis = new WeakMap()
/** The pages before those. */
let olderPages: PagesByBasis = new WeakMap()
let rows = 0

/** Makes a page, unless the same one is kept. */
export function keepPage<Edge>(
  basis: PageBasis,
  name: string,
  make: () => Promise<Page<Edge>>,
): Page<Edge> | Promise<Page<Edge>> {
  const key = `${name} ${basis.state}`
  const known = find(pages, basis.of, key) ?? find(olderPages, basis.of, key)
  // What is kept for the same objects and the same name was made in the same way.
  return (known as Page<Edge> | undefined) ?? makeAndKeep(basis, key, make)
}

async function makeAndKeep<Edge>({ of }: PageBasis, key: string, make: () => Promise<Page<Edge>>): Promise<Page<Edge>> {
  const page = await make()
  if (rows >= maxRows / 2) {
    olderPages = pages
    pages = new WeakMap()
    rows = 0
  }
  const [first, ...others] = of
  const sameFirst = pages.get(first) ?? new Map<string, KeptPage>()
  pages.set(first, sameFirst.set(key, { others: others.map((each) => new WeakRef(each)), page }))
  rows += page.edges.length + 1
  return page
}

function find(kept: PagesByBasis, of: PageBasis['of'], key: string): Page<unknown> | undefined {
  const [first, ...others] = of
  const known = kept.get(first)?.get(key)
  const isSame =
    known?.others.length === others.length && others.every((each, index) => each === known.others[index]?.deref())
  return isSame ? known.page : undefined
}
