import type { FairQueue } from './fair-queue.ts'
import type { Plugin } from './request-state.ts'

/** Characters of a document that takes few milliseconds at worst. */
const shortDocument = 1_000

/**
 * Waits for a slice of time before an operation is parsed, validated and priced. A long document may take 70 ms, when it
 * selects a field hundreds of times: it has an iteration of the event loop of its own.
 */
export function useFairQueue(queue: FairQueue): Plugin {
  return {
    // Most requests get their slice at once, and wait for no promise.
    onParams({ request, params: { query }, context }) {
      const { caller } = context
      if (!caller) throw new Error('caller missing')
      const timeSlice = queue.open(caller, request.signal)
      if (typeof query === 'string' && query.length > shortDocument) return timeSlice.begin()
      return timeSlice.isOver() ? timeSlice.next() : undefined
    },
  }
}
