import type { SearchResult } from './place.ts'

/** Nothing was looked for. */
export const emptyResult: SearchResult<never> = { items: [], sources: [] }

/** Several findings as one. */
export function joinResults<Item>(findings: readonly SearchResult<Item>[]): SearchResult<Item> {
  return { items: findings.flatMap(({ items }) => items), sources: findings.flatMap(({ sources }) => sources) }
}

/** Those of the items that fit; the report on the search stays whole. */
export function filterResult<Item>(found: SearchResult<Item>, fits: (item: Item) => boolean): SearchResult<Item> {
  return { items: found.items.filter(fits), sources: found.sources }
}

/** Each item once, the first of those with the same id. */
export function uniqueResult<Item extends { readonly id: string }>({
  items,
  sources,
}: SearchResult<Item>): SearchResult<Item> {
  const seen = new Set<string>()
  return { items: items.filter(({ id }) => !seen.has(id) && seen.add(id)), sources }
}

/** The one that was looked for, or null. @throws UpstreamError when a failed discovery could have found it */
export function oneOrNull<Item>({ items, sources }: SearchResult<Item>): Item | null {
  const [item] = items
  if (item !== undefined) return item
  for (const { error } of sources) if (error) throw error
  return null
}
