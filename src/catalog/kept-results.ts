/** What determines a result. */
export interface ResultBasis {
  /** Objects that never change. */
  readonly of: readonly [object, ...(readonly object[])]
  /** Further values, as a text. */
  readonly state: string
}

/** Results by the objects of their bases, level by level. A result is kept as long as all of these objects are. */
interface Level<Result> {
  readonly below: WeakMap<object, Level<Result>>
  readonly results: Map<string, Result>
}

/**
 * The results that were made last, for the operations that need the same ones again. Each may refer to all the rows of a vendor,
 * and does not keep them alive.
 */
export class KeptResults<Result extends object> {
  readonly #maxSize: number
  readonly #sizeOf: (result: Result) => number
  #recent = createLevel<Result>()
  /** Those that were made before. */
  #older = createLevel<Result>()
  #recentSize = 0

  /** @param sizeOf the size of a result, in the unit of `maxSize` */
  constructor(maxSize: number, sizeOf: (result: Result) => number) {
    this.#maxSize = maxSize
    this.#sizeOf = sizeOf
  }

  /** Makes a result, unless the same one is kept. */
  get({ of, state }: ResultBasis, name: string, make: () => Promise<Result>): Result | Promise<Result> {
    const key = `${name} ${state}`
    return find(this.#recent, of, key) ?? find(this.#older, of, key) ?? this.#make(of, key, make)
  }

  async #make(of: ResultBasis['of'], key: string, make: () => Promise<Result>): Promise<Result> {
    const result = await make()
    if (this.#recentSize >= this.#maxSize / 2) {
      this.#older = this.#recent
      this.#recent = createLevel()
      this.#recentSize = 0
    }
    let level = this.#recent
    for (const each of of) {
      const below = level.below.get(each) ?? createLevel<Result>()
      level.below.set(each, below)
      level = below
    }
    level.results.set(key, result)
    this.#recentSize += this.#sizeOf(result)
    return result
  }
}

function createLevel<Result>(): Level<Result> {
  return { below: new WeakMap(), results: new Map() }
}

function find<Result>(top: Level<Result>, of: ResultBasis['of'], key: string): Result | undefined {
  let level: Level<Result> | undefined = top
  for (const each of of) level = level?.below.get(each)
  return level?.results.get(key)
}
