import type { Operation } from '../operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import { hasMaxStaleness } from './place-loader.ts'

type Find = (readingKey: string) => Reading<unknown> | null

const adopted = new WeakMap<Operation, Find[]>()

/** Has the other fields of an operation use the readings that one field has used: a place has one reading per operation. */
export function adoptReadings(operation: Operation, find: Find): void {
  adopted.set(operation, [...(adopted.get(operation) ?? []), find])
}

/** The reading of a place that an operation has used; null when it has used none, or needs one of another age. */
export function adoptedReading(operation: Operation, readingKey: string): Reading<unknown> | null {
  const finds = adopted.get(operation)
  if (!finds || hasMaxStaleness(operation)) return null
  for (const find of finds) {
    const reading = find(readingKey)
    if (reading) return reading
  }
  return null
}
