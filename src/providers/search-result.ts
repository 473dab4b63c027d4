import type { Operation } from '../operation.ts'
import type { CertificateHolder, SearchResult } from './place.ts'

export const emptyResult: SearchResult<never> = { items: [], sources: [] }

export function joinResults<Item>(results: readonly SearchResult<Item>[]): SearchResult<Item> {
  return { items: results.flatMap(({ items }) => items), sources: results.flatMap(({ sources }) => sources) }
}

/** The items that match. The reports stay: a failed discovery may have had another match. */
export function filterResult<Item>(result: SearchResult<Item>, matches: (item: Item) => boolean): SearchResult<Item> {
  return { items: result.items.filter(matches), sources: result.sources }
}

/** Each item once: the first of those with the same id. */
export function uniqueResult<Item extends { readonly id: string }>({
  items,
  sources,
}: SearchResult<Item>): SearchResult<Item> {
  const seen = new Set<string>()
  return { items: items.filter(({ id }) => !seen.has(id) && seen.add(id)), sources }
}

/** The first item, or null. @throws UpstreamError when there is none, and a discovery that failed could have found it */
export function oneOrNull<Item>({ items, sources }: SearchResult<Item>): Item | null {
  const [item] = items
  if (item !== undefined) return item
  for (const { error } of sources) if (error) throw error
  return null
}

/** Starts to read places while other places are still being searched for. A later read in the operation shares the call. */
export function readAhead(
  operation: Operation,
  places: readonly CertificateHolder[],
  maxStaleness: number | undefined,
): void {
  for (const place of places) place.read(operation, maxStaleness).catch(() => {})
}
