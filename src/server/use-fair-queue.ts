import type { FairQueue } from './fair-queue.ts'
import type { Plugin } from './request-state.ts'

/** Waits for a slice of time before an operation is parsed, validated and priced: a long document takes milliseconds. */
export function useFairQueue(queue: FairQueue): Plugin {
  return {
    async onParams({ request, context }) {
      const { caller } = context
      if (!caller) throw new Error('caller missing')
      const timeSlice = queue.open(caller, request.signal)
      if (timeSlice.isOver()) await timeSlice.next()
    },
  }
}
