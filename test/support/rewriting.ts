import type { Emulator } from '../../src/sandbox/emulator.ts'

/** Rewrites what an emulator answers to calls whose path ends so; returns what ends that. */
export function rewriteAnswers<Body>(emulator: Emulator, pathEnd: string, patch: (body: Body) => unknown): () => void {
  return emulator.fault({
    match: ({ path }) => path.endsWith(pathEnd),
    effect: { patch: (body) => patch(body as Body) },
  })
}

/** The first of a list that cannot be empty. */
export function firstOf<Item>(items: readonly Item[]): Item {
  const [first] = items
  if (first === undefined) throw new Error('the list is empty')
  return first
}

/** The one that fits. */
export function findOnly<Item>(items: readonly Item[], fits: (item: Item) => boolean): Item {
  return firstOf(items.filter(fits))
}
