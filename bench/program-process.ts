import process from 'node:process'
import { type LoopMonitor, startDelayMonitor, startLoopMonitor } from './loop-monitor.ts'
import { startProgram, toConfig, withoutLimits } from './program.ts'

// A process for certgraph: the load must not run on the same event loop.
process.once('message', async (file: object) => {
  const program = await startProgram(withoutLimits(toConfig(file)))
  // It keeps the processor busy.
  let monitor: LoopMonitor | undefined
  const takeDelays = startDelayMonitor()
  process.on('message', (what) => {
    if (what === 'iteration') {
      monitor ??= startLoopMonitor()
      return process.send?.(monitor.takeLongest())
    }
    if (what === 'delays') return process.send?.(takeDelays())
    // Once more for what the first collection has released.
    globalThis.gc?.()
    globalThis.gc?.()
    return process.send?.(process.memoryUsage())
  })
  process.send?.(program.url)
})
