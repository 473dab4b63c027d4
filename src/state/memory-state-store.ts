import type { StateKey, StateProblem, StateRange, StateStore, StateUsage, StateWriter } from './state-store.ts'

/** The characters that are meant to be kept at most. */
const defaultMaxBytes = 256 * 1024 ** 2

interface MemoryStateOptions {
  readonly problem?: StateProblem | null
  readonly maxBytes?: number
}

/** The state of a process that keeps nothing on disk. */
export class MemoryStateStore implements StateStore {
  readonly isKept: boolean = false
  readonly problem: StateProblem | null
  readonly #maxBytes: number
  #bytes = 0
  /** The entries, by the JSON of their keys. */
  readonly #entries = new Map<string, readonly [StateKey, string]>()
  /** The same in the order of their keys; null when an entry was added or removed since. */
  #sorted: readonly (readonly [StateKey, string])[] | null = null

  /** @param problem why it is not kept on disk, where it was meant to */
  constructor({ problem = null, maxBytes = defaultMaxBytes }: MemoryStateOptions = {}) {
    this.problem = problem
    this.#maxBytes = maxBytes
  }

  get hasDisk(): boolean {
    return this.isKept
  }

  get hasRoom(): boolean {
    return this.isKept
  }

  get keepsSmallKinds(): boolean {
    return this.isKept
  }

  get isIncomplete(): boolean {
    return false
  }

  onKept(): () => void {
    return () => {}
  }

  onCrowded(): () => void {
    return () => {}
  }

  hasOtherProcesses(): boolean {
    return false
  }

  get usage(): StateUsage {
    return { bytes: this.#bytes, maxBytes: this.#maxBytes }
  }

  get(key: StateKey): string | null {
    return this.#entries.get(JSON.stringify(key))?.[1] ?? null
  }

  *range(prefix: StateKey, { after, reverse = false, limit = Number.POSITIVE_INFINITY }: StateRange = {}) {
    this.#sorted ??= [...this.#entries.values()].sort(([one], [other]) => compareKeys(one, other))
    const inRange = this.#sorted.filter(([key]) => {
      if (!prefix.every((part, index) => key[index] === part)) return false
      return after === undefined || (reverse ? compareKeys(key, after) < 0 : compareKeys(key, after) > 0)
    })
    yield* (reverse ? inRange.reverse() : inRange).slice(0, limit)
  }

  async transaction<Result>(run: (writer: StateWriter) => Result): Promise<Result> {
    const undo = new Map<string, readonly [StateKey, string] | undefined>()
    const change = (key: StateKey, entry: readonly [StateKey, string] | undefined) => {
      const name = JSON.stringify(key)
      if (!undo.has(name)) undo.set(name, this.#entries.get(name))
      this.#set(name, entry)
    }
    try {
      return run({
        get: (key) => this.get(key),
        range: (prefix, range) => this.range(prefix, range),
        put: (key, text) => change(key, [key, text]),
        remove: (key) => change(key, undefined),
      })
    } catch (error) {
      for (const [name, entry] of undo) this.#set(name, entry)
      throw error
    }
  }

  #set(name: string, entry: readonly [StateKey, string] | undefined): void {
    const known = this.#entries.get(name)
    if (entry) this.#entries.set(name, entry)
    else this.#entries.delete(name)
    this.#bytes += sizeOf(name, entry) - sizeOf(name, known)
    // A text that is replaced keeps its place in the order, and its entry is another one.
    if (known !== entry) this.#sorted = null
  }

  async close(): Promise<void> {}
}

const sizeOf = (name: string, entry: readonly [StateKey, string] | undefined): number =>
  entry ? name.length + entry[1].length : 0

/** Numbers come before texts, and a key before those that continue it, as the store on disk sorts them. */
function compareKeys(one: StateKey, other: StateKey): number {
  for (let index = 0; ; index += 1) {
    const [left, right] = [one[index], other[index]]
    if (left === undefined || right === undefined) return one.length - other.length
    if (left === right) continue
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1
    return left < right ? -1 : 1
  }
}
