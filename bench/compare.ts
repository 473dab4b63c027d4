import { median } from './figures.ts'

const rounds = 20

/** The medians of two measurements, and that of the ratios of the first to the second. */
interface Comparison {
  readonly first: number
  readonly second: number
  readonly ratio: number
}

/** Measures two programs alternately: other processes slow down both. */
export async function compareAlternately(
  measureFirst: () => Promise<number>,
  measureSecond: () => Promise<number>,
): Promise<Comparison> {
  const pairs: { readonly first: number; readonly second: number }[] = []
  while (pairs.length < rounds) pairs.push({ first: await measureFirst(), second: await measureSecond() })
  return {
    first: median(pairs.map(({ first }) => first)),
    second: median(pairs.map(({ second }) => second)),
    ratio: median(pairs.map(({ first, second }) => first / second)),
  }
}
