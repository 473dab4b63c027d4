import type { Operation } from '../operation.ts'
import { perOperation } from '../per-operation.ts'

/** Whether a field of an operation has a `maxStaleness`. */
const stalenessOf = perOperation(() => ({ isBound: false }))

/** Records that a field of the operation has a `maxStaleness`, which may not have begun. */
export function noteMaxStaleness(operation: Operation): void {
  stalenessOf(operation).isBound = true
}

/** Whether a field of the operation has a `maxStaleness`. */
export function hasMaxStaleness(operation: Operation): boolean {
  return stalenessOf(operation).isBound
}

/** The strictest bound in an operation holds for its place, whichever field gave it. */
export function createStalenessBounds() {
  const boundsOf = perOperation(() => new Map<string, number>())
  return {
    strictest(operation: Operation, key: string, bound?: number): number | undefined {
      const bounds = boundsOf(operation)
      const known = bounds.get(key)
      if (bound === undefined || (known !== undefined && known <= bound)) return known
      bounds.set(key, bound)
      return bound
    },
  }
}
