import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
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

/** What delayed the event loop, in milliseconds, as `perf_hooks.monitorEventLoopDelay` sees it. */
export interface Delays {
  /** The 99th percentile. */
  readonly percentile: number
  readonly longest: number
  /** The same, if this process had a processor of its own: a delay has at most the CPU time that was used meanwhile. */
  readonly own: { readonly percentile: number; readonly longest: number }
}

const resolution = 10

/** Measures the delays of the event loop. The returned function returns them, and begins again. */
export function startDelayMonitor(): () => Delays {
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  const own = createHistogram()
  let start = performance.now()
  let cpu = process.cpuUsage()
  const measure = () => {
    const { user, system } = process.cpuUsage(cpu)
    own.record(Math.max(1, Math.round(1000 * Math.min(performance.now() - start, (user + system) / 1000))))
    start = performance.now()
    cpu = process.cpuUsage()
  }
  setInterval(measure, resolution).unref()
  return () => {
    const taken = {
      percentile: delays.percentile(99) / 1e6,
      longest: delays.max / 1e6,
      own: { percentile: own.percentile(99) / 1e3, longest: own.max / 1e3 },
    }
    delays.reset()
    own.reset()
    return taken
  }
}
