import type { Found } from './place.ts'

/** Nothing was looked for. */
export const foundNothing: Found<never> = { items: [], sources: [] }

/** Several findings as one. */
export function joinFound<Item>(findings: readonly Found<Item>[]): Found<Item> {
  return { items: findings.flatMap(({ items }) => items), sources: findings.flatMap(({ sources }) => sources) }
}

/** Those of the items that fit; the report on the search stays whole. */
export function narrowFound<Item>(found: Found<Item>, fits: (item: Item) => boolean): Found<Item> {
  return { items: found.items.filter(fits), sources: found.sources }
}

/** Each item once, the first of those with the same id. */
export function uniqueFound<Item extends { readonly id: string }>({ items, sources }: Found<Item>): Found<Item> {
  const seen = new Set<string>()
  return { items: items.filter(({ id }) => !seen.has(id) && seen.add(id)), sources }
}

/** The one that was looked for, or null. @throws UpstreamError when a failed discovery could have found it */
export function oneOrNull<Item>({ items, sources }: Found<Item>): Item | null {
  const [item] = items
  if (item !== undefined) return item
  for (const { error } of sources) if (error) throw error
  return null
}
