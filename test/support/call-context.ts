import { defaultLimits } from '../../src/limits.ts'
import type { CallContext } from '../../src/upstream/call/context.ts'
import { ReadingSize } from '../../src/upstream/call/reading-size.ts'

/** A context without a deadline, whose circuit breaker is closed. */
export function createCallContext(signal: AbortSignal = new AbortController().signal): CallContext {
  return {
    signal,
    remaining: () => Number.POSITIVE_INFINITY,
    onQueued: () => {},
    permit: { check: () => {}, recordResponse: () => {} },
    size: new ReadingSize(defaultLimits.reading),
  }
}
