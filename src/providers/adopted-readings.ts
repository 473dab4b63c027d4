import type { Operation } from '../operation.ts'
import { perOperation } from '../per-operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import { hasMaxStaleness } from './max-staleness.ts'

type Find = (readingKey: string) => Reading<unknown> | null

const adoptedBy = perOperation((): Find[] => [])

/** Has the other fields of an operation use the readings that one field has used: a place has one reading per operation. */
export function adoptReadings(operation: Operation, find: Find): void {
  adoptedBy(operation).push(find)
}

/** The reading of a place that an operation has used; null when it has used none, or needs one of another age. */
export function adoptedReading(operation: Operation, readingKey: string): Reading<unknown> | null {
  const finds = adoptedBy(operation)
  if (finds.length === 0 || hasMaxStaleness(operation)) return null
  for (const find of finds) {
    const reading = find(readingKey)
    if (reading) return reading
  }
  return null
}
