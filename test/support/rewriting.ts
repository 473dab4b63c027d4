import type { Emulator } from '../../src/sandbox/emulator.ts'

/** Rewrites an emulator's responses to calls whose path ends with `pathEnd`. Returns a function that ends this. */
export function rewriteAnswers<Body>(emulator: Emulator, pathEnd: string, patch: (body: Body) => unknown): () => void {
  return emulator.fault({
    match: ({ path }) => path.endsWith(pathEnd),
    effect: { patch: (body) => patch(body as Body) },
  })
}

/** The first item. @throws when the list is empty */
export function firstOf<Item>(items: readonly Item[]): Item {
  const [first] = items
  if (first === undefined) throw new Error('the list is empty')
  return first
}

/** The first item that matches. @throws when there is none */
export function findOnly<Item>(items: readonly Item[], matches: (item: Item) => boolean): Item {
  return firstOf(items.filter(matches))
}
