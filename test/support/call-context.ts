import type { CallContext } from '../../src/upstream/call/context.ts'

/** An context in a closed circuit, with all the time there is. */
export function createCallContext(signal: AbortSignal = new AbortController().signal): CallContext {
  return {
    signal,
    remaining: () => Number.POSITIVE_INFINITY,
    onQueued: () => {},
    permit: { check: () => {}, recordResponse: () => {} },
  }
}
