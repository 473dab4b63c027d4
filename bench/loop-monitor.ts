import process from 'node:process'

/** Measures the longest iteration of the event loop of this process. */
export interface LoopMonitor {
  /** Milliseconds of the longest iteration since the last call. */
  takeLongest(): number
}

/**
 * An iteration is as long as its wall time or its CPU time, whichever is shorter: the wall time includes what other processes
 * run on the same core, and the CPU time includes the threads that collect garbage.
 */
export function startLoopMonitor(): LoopMonitor {
  let longest = 0
  let start = performance.now()
  let cpu = process.cpuUsage()
  const measure = () => {
    const { user, system } = process.cpuUsage(cpu)
    longest = Math.max(longest, Math.min(performance.now() - start, (user + system) / 1000))
    start = performance.now()
    cpu = process.cpuUsage()
    setImmediate(measure)
  }
  measure()
  return {
    takeLongest() {
      const milliseconds = longest
      longest = 0
      return milliseconds
    },
  }
}
