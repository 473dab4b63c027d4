import { type ChangeKind, changeKinds } from './change.ts'

/** Which changes are counted or listed. */
export interface ChangeSelection {
  /** The keys of the places. */
  readonly places: ReadonlySet<string>
  /** Null: all. */
  readonly kinds: readonly ChangeKind[] | null
  /** Wall-clock time; null: all. */
  readonly since: number | null
}

/** A place in the order of changes: by time, then by sequence. */
export interface ChangePosition {
  readonly at: number
  readonly sequence: number
}

const minCapacity = 1024

/** The time, kind and place of every change, in the order of time. 21 bytes for each: a million takes no time to count. */
export class ChangeIndex {
  /** Columns, of which the first `length` entries are in use. */
  #at = new Float64Array(minCapacity)
  #sequence = new Float64Array(minCapacity)
  #kind = new Uint8Array(minCapacity)
  #place = new Uint32Array(minCapacity)
  #length = 0
  readonly #numbers = new Map<string, number>()

  /** The keys of the places that have changes, or had them. */
  get places(): Iterable<string> {
    return this.#numbers.keys()
  }

  get length(): number {
    return this.#length
  }

  add({ at, sequence }: ChangePosition, kind: ChangeKind, place: string): void {
    if (this.#length === this.#at.length) this.#resize(2 * this.#length)
    const index = this.#indexOf({ at, sequence })
    // Most often it is the last one.
    for (const column of [this.#at, this.#sequence, this.#kind, this.#place]) {
      if (index < this.#length) column.copyWithin(index + 1, index, this.#length)
    }
    this.#at[index] = at
    this.#sequence[index] = sequence
    this.#kind[index] = changeKinds.indexOf(kind)
    this.#place[index] = this.#numberOf(place)
    this.#length += 1
  }

  /** Removes the changes up to a sequence. */
  removeThrough(sequence: number): void {
    let kept = 0
    for (let index = 0; index < this.#length; index += 1) {
      if ((this.#sequence[index] ?? 0) <= sequence) continue
      if (kept < index) this.#move(index, kept)
      kept += 1
    }
    this.#length = kept
    if (this.#at.length > 4 * Math.max(kept, minCapacity)) this.#resize(2 * Math.max(kept, minCapacity))
  }

  /**
   * Gives the changes that are later than one time another time, which comes before it.
   * @returns the times that they had, by sequence
   */
  moveLater(than: number, to: number): ReadonlyMap<number, number> {
    const moved = new Map<number, number>()
    const later = this.#indexOf({ at: than, sequence: Number.POSITIVE_INFINITY })
    if (later === this.#length) return moved
    const start = this.#indexOf({ at: to, sequence: 0 })
    const rows = Array.from({ length: this.#length - start }, (_, offset) => {
      const index = start + offset
      const [at = 0, sequence = 0] = [this.#at[index], this.#sequence[index]]
      if (index >= later) moved.set(sequence, at)
      return { at: index < later ? at : to, sequence, kind: this.#kind[index] ?? 0, place: this.#place[index] ?? 0 }
    })
    rows.sort((one, other) => one.at - other.at || one.sequence - other.sequence)
    for (const [offset, { at, sequence, kind, place }] of rows.entries()) {
      this.#at[start + offset] = at
      this.#sequence[start + offset] = sequence
      this.#kind[start + offset] = kind
      this.#place[start + offset] = place
    }
    return moved
  }

  /** The sequences of the selected changes, in the order of time. */
  sequences(selection: ChangeSelection): readonly number[] {
    const accepts = this.#toTest(selection)
    const found: number[] = []
    for (let index = this.#start(selection); index < this.#length; index += 1) {
      if (accepts(index)) found.push(this.#sequence[index] ?? 0)
    }
    return found
  }

  clear(): void {
    this.#length = 0
  }

  count(selection: ChangeSelection): number {
    const accepts = this.#toTest(selection)
    let count = 0
    for (let index = this.#start(selection); index < this.#length; index += 1) if (accepts(index)) count += 1
    return count
  }

  /**
   * The changes of a page, the newest first.
   * @param window the positions that the page is between, and the end that it begins at
   */
  page(
    selection: ChangeSelection,
    window: {
      /** Older than this one. */
      readonly after: ChangePosition | null
      /** Newer than this one. */
      readonly before: ChangePosition | null
      readonly count: number
      readonly from: 'start' | 'end'
    },
  ): { readonly rows: readonly ChangePosition[]; readonly hasNextPage: boolean; readonly hasPreviousPage: boolean } {
    const { after, before, count, from } = window
    const accepts = this.#toTest(selection)
    const start = this.#start(selection)
    const oldest = Math.max(start, before ? this.#indexOf(before, 1) : start)
    const newest = after ? this.#indexOf(after) : this.#length
    const isNewestFirst = from === 'start'
    const found: number[] = []
    let isMore = false
    for (let step = 0; step < newest - oldest; step += 1) {
      const index = isNewestFirst ? newest - 1 - step : oldest + step
      if (!accepts(index)) continue
      isMore = found.length === count
      if (isMore) break
      found.push(index)
    }
    if (!isNewestFirst) found.reverse()
    const isAny = (low: number, high: number) => {
      for (let index = low; index < high; index += 1) if (accepts(index)) return true
      return false
    }
    const older = (isNewestFirst && isMore) || isAny(start, oldest)
    const newer = (!isNewestFirst && isMore) || isAny(Math.max(newest, start), this.#length)
    return {
      rows: found.map((index) => ({ at: this.#at[index] ?? 0, sequence: this.#sequence[index] ?? 0 })),
      hasNextPage: older,
      hasPreviousPage: newer,
    }
  }

  /** The time of the oldest change; null when there is none. */
  get oldestAt(): number | null {
    return this.#length === 0 ? null : (this.#at[0] ?? null)
  }

  #start({ since }: ChangeSelection): number {
    return since === null ? 0 : this.#indexOf({ at: since, sequence: 0 })
  }

  #toTest({ places, kinds }: ChangeSelection): (index: number) => boolean {
    const isWantedKind = changeKinds.map((kind) => kinds === null || kinds.includes(kind))
    const isWantedPlace = new Uint8Array(this.#numbers.size)
    for (const place of places) {
      const number = this.#numbers.get(place)
      if (number !== undefined) isWantedPlace[number] = 1
    }
    return (index) => isWantedPlace[this.#place[index] ?? 0] === 1 && isWantedKind[this.#kind[index] ?? 0] === true
  }

  /** The index of the first change that is not before the position, plus `offset` when it is that of the change itself. */
  #indexOf({ at, sequence }: ChangePosition, offset = 0): number {
    let [low, high] = [0, this.#length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const difference = (this.#at[middle] ?? 0) - at || (this.#sequence[middle] ?? 0) - sequence
      if (difference < 0) low = middle + 1
      else high = middle
    }
    return offset > 0 && this.#at[low] === at && this.#sequence[low] === sequence && low < this.#length
      ? low + offset
      : low
  }

  #move(from: number, to: number): void {
    this.#at[to] = this.#at[from] ?? 0
    this.#sequence[to] = this.#sequence[from] ?? 0
    this.#kind[to] = this.#kind[from] ?? 0
    this.#place[to] = this.#place[from] ?? 0
  }

  #resize(capacity: number): void {
    const resized = <Column extends Float64Array | Uint8Array | Uint32Array>(column: Column, next: Column): Column => {
      next.set(column.subarray(0, this.#length))
      return next
    }
    this.#at = resized(this.#at, new Float64Array(capacity))
    this.#sequence = resized(this.#sequence, new Float64Array(capacity))
    this.#kind = resized(this.#kind, new Uint8Array(capacity))
    this.#place = resized(this.#place, new Uint32Array(capacity))
  }

  #numberOf(place: string): number {
    const known = this.#numbers.get(place)
    if (known !== undefined) return known
    this.#numbers.set(place, this.#numbers.size)
    return this.#numbers.size - 1
  }
}
