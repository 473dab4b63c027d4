import type { TimeSlice } from '../../src/time-slice.ts'

/** The time of an operation whose slice is over at every look. It counts the slices that the operation waits for. */
export function createShortSlices(next = async () => {}) {
  let count = 0
  const timeSlice: TimeSlice = {
    begin: async () => {},
    isOver: () => true,
    async next() {
      count += 1
      await next()
    },
  }
  return { timeSlice, count: () => count }
}
