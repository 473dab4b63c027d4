/**
 * The time of an operation on the event loop. Work that grows with the data is done in slices, so that requests are
 * answered and other callers' operations continue between them.
 */
export interface TimeSlice {
  /**
   * Resolves when no other piece of work has begun in this iteration of the event loop. Pieces that begin together, such as 20
   * fields with an alias, would each find that no time has passed, and take it together.
   * @throws as `next`
   */
  begin(): Promise<void>
  /** Whether the operation has to wait for its next slice before it works on. */
  isOver(): boolean
  /** Resolves when the next slice begins. @throws the signal's reason when the operation ends before */
  next(): Promise<void>
}

/** For work that no other work waits for. */
export const endlessTimeSlice: TimeSlice = { begin: async () => {}, isOver: () => false, next: async () => {} }

/** Reading the clock costs as much as a few rows. */
export const rowsPerLook = 32

/** Visits each item, in slices. */
export async function visitInSlices<Item>(
  items: readonly Item[],
  timeSlice: TimeSlice,
  visit: (item: Item, index: number) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += rowsPerLook) {
    if (timeSlice.isOver()) await timeSlice.next()
    const end = Math.min(items.length, start + rowsPerLook)
    for (let index = start; index < end; index += 1) visit(items[index] as Item, index)
  }
}

/** Visits each index below a length, in slices. */
export async function visitIndexes(
  length: number,
  timeSlice: TimeSlice,
  visit: (index: number) => void,
): Promise<void> {
  for (let start = 0; start < length; start += rowsPerLook) {
    if (timeSlice.isOver()) await timeSlice.next()
    const end = Math.min(length, start + rowsPerLook)
    for (let index = start; index < end; index += 1) visit(index)
  }
}

/**
 * Visits each item, in slices, where the work for an item depends on the item.
 * @param weigh the work, in rows
 */
export async function visitWeighed<Item>(
  items: readonly Item[],
  timeSlice: TimeSlice,
  weigh: (item: Item) => number,
  visit: (item: Item) => void,
): Promise<void> {
  let work = rowsPerLook
  for (const item of items) {
    if (work >= rowsPerLook) {
      if (timeSlice.isOver()) await timeSlice.next()
      work = 0
    }
    work += weigh(item)
    visit(item)
  }
}

/** The items that are accepted, found in slices. The same array when all are. */
export async function filterInSlices<Item>(
  items: readonly Item[],
  timeSlice: TimeSlice,
  accepts: (item: Item) => boolean,
): Promise<readonly Item[]> {
  const accepted: Item[] = []
  await visitInSlices(items, timeSlice, (item) => {
    if (accepts(item)) accepted.push(item)
  })
  return accepted.length === items.length ? items : accepted
}

/** Sorts in slices: short runs first, which are then merged in pairs. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  timeSlice: TimeSlice,
  compare: (a: Item, b: Item) => number,
): Promise<readonly Item[]> {
  let runs: Item[][] = []
  for (let start = 0; start < items.length; start += runLength) {
    if (timeSlice.isOver()) await timeSlice.next()
    runs.push(items.slice(start, start + runLength).sort(compare))
  }
  while (runs.length > 1) {
    const merged: Item[][] = []
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(await mergeRuns(runs[index] ?? [], runs[index + 1] ?? [], timeSlice, compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

/** Sorting this many rows takes about a millisecond. */
const runLength = 1_024

async function mergeRuns<Item>(
  left: Item[],
  right: Item[],
  timeSlice: TimeSlice,
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  if (right.length === 0) return left
  const merged: Item[] = []
  let [from, other] = [0, 0]
  while (from < left.length && other < right.length) {
    if (merged.length % runLength === 0 && timeSlice.isOver()) await timeSlice.next()
    const [a, b] = [left[from] as Item, right[other] as Item]
    if (compare(a, b) <= 0) {
      merged.push(a)
      from += 1
    } else {
      merged.push(b)
      other += 1
    }
  }
  return merged.concat(left.slice(from), right.slice(other))
}

/** Runs work for each item, such as a call to a vendor: a limited number at the same time, and begun in slices. */
export async function runInSlices<Item>(
  items: readonly Item[],
  timeSlice: TimeSlice,
  run: (item: Item) => Promise<void>,
  maxConcurrent = 20,
): Promise<void> {
  let next = 0
  const runSome = async () => {
    while (next < items.length) {
      if (timeSlice.isOver()) await timeSlice.next()
      else {
        next += 1
        await run(items[next - 1] as Item)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(maxConcurrent, items.length) }, runSome))
}

/**
 * Runs a lookup for each item. They begin in slices, and each result comes when there is time for what is done with it: lookups
 * that wait for the same reading end together, and their objects would all be completed in one iteration.
 */
export function mapInSlices<Item, Result>(
  items: readonly Item[],
  timeSlice: TimeSlice,
  run: (item: Item, index: number) => Promise<Result>,
): Promise<Result>[] {
  const [toBegin, toEnd] = [createGate(timeSlice), createGate(timeSlice)]
  return items.map(async (item, index) => {
    await toBegin()
    try {
      return await run(item, index)
    } finally {
      await toEnd()
    }
  })
}

/** A function whose results resolve one after another, each when there is time. */
function createGate(timeSlice: TimeSlice): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => (timeSlice.isOver() ? timeSlice.next() : undefined))
    return last
  }
}
