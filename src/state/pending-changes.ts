import { encodeKey, endOf } from './encoded-key.ts'
import type { StateKey, StateRange, StateReader, StateWriter } from './state-store.ts'

interface Change {
  readonly key: StateKey
  /** Null: removed. */
  readonly text: string | null
}

/** The bytes of a key as a text that sorts like them. */
const nameOf = (key: StateKey): string => encodeKey(key).toString('latin1')

const sizeOf = (name: string, change: Change | undefined): number =>
  change ? name.length + (change.text?.length ?? 0) : 0

/** What was changed since the disk could not be written, beside what is on disk. */
export class PendingChanges implements StateReader {
  readonly #disk: StateReader
  readonly #changes = new Map<string, Change>()
  #sorted: readonly string[] | null = null
  #bytes = 0

  constructor(disk: StateReader) {
    this.#disk = disk
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0
  }

  /** About what the changes take in memory. */
  get bytes(): number {
    return this.#bytes
  }

  get changes(): Iterable<Change> {
    return this.#changes.values()
  }

  get(key: StateKey): string | null {
    const change = this.isEmpty ? undefined : this.#changes.get(nameOf(key))
    return change ? change.text : this.#disk.get(key)
  }

  *range(prefix: StateKey, range: StateRange = {}): Generator<readonly [StateKey, string]> {
    if (this.isEmpty) {
      yield* this.#disk.range(prefix, range)
      return
    }
    const { reverse = false, limit = Number.POSITIVE_INFINITY, ...rest } = range
    const names = this.#namesIn(prefix, range)
    const changeOf = (name: string) => this.#changes.get(name)
    let left = limit
    let next = 0
    // The changes that come before an entry on disk, and those after the last one.
    const changedBefore = function* (end: string | null): Generator<readonly [StateKey, string]> {
      for (let name = names[next]; name !== undefined; name = names[next]) {
        if (end !== null && (reverse ? name < end : name > end)) return
        next += 1
        const change = changeOf(name)
        if (change && change.text !== null) yield [change.key, change.text]
        if (name === end) return
      }
    }
    for (const entry of this.#disk.range(prefix, { ...rest, reverse })) {
      const name = nameOf(entry[0])
      const isChanged = changeOf(name) !== undefined
      for (const each of [...changedBefore(name), ...(isChanged ? [] : [entry])]) {
        if (left === 0) return
        yield each
        left -= 1
      }
    }
    for (const each of changedBefore(null)) {
      if (left === 0) return
      yield each
      left -= 1
    }
  }

  /** Runs a function that writes. Keeps its writes all or none. */
  run(work: (writer: StateWriter) => void): void {
    const undos: (() => void)[] = []
    const change = (key: StateKey, text: string | null) => undos.push(this.#set(key, text))
    try {
      work({
        get: (key) => this.get(key),
        range: (prefix, range) => this.range(prefix, range),
        put: change,
        remove: (key) => change(key, null),
      })
    } catch (error) {
      for (const undo of undos.reverse()) undo()
      throw error
    }
  }

  /** Drops the changes with these keys: they are on disk. */
  drop(isOnDisk: (key: StateKey) => boolean): void {
    for (const [name, { key }] of [...this.#changes]) if (isOnDisk(key)) this.#replace(name, undefined)
  }

  clear(): void {
    this.#changes.clear()
    this.#sorted = null
    this.#bytes = 0
  }

  /** Returns a function that undoes it. */
  #set(key: StateKey, text: string | null): () => void {
    const name = nameOf(key)
    const before = this.#changes.get(name)
    // What was never on disk leaves nothing behind, however long the disk is full.
    this.#replace(name, text === null && this.#disk.get(key) === null ? undefined : { key, text })
    return () => this.#replace(name, before)
  }

  #replace(name: string, change: Change | undefined): void {
    const before = this.#changes.get(name)
    if (change) this.#changes.set(name, change)
    else this.#changes.delete(name)
    if (!before !== !change) this.#sorted = null
    this.#bytes += sizeOf(name, change) - sizeOf(name, before)
  }

  #namesIn(prefix: StateKey, { after, reverse = false }: StateRange): readonly string[] {
    this.#sorted ??= [...this.#changes.keys()].sort()
    const bytes = encodeKey(prefix)
    const [first, end] = [bytes.toString('latin1'), endOf(bytes).toString('latin1')]
    const limit = after && nameOf(after)
    const names = this.#sorted.filter((name) => {
      if (name < first || name >= end) return false
      return limit === undefined || (reverse ? name < limit : name > limit)
    })
    return reverse ? names.reverse() : names
  }
}
