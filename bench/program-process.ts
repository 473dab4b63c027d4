import process from 'node:process'
import { startLoopMonitor } from './loop-monitor.ts'
import { startProgram, toConfig, withoutLimits } from './program.ts'

// A process for certgraph: the load must not run on the same event loop.
process.once('message', async (file: object) => {
  const program = await startProgram(withoutLimits(toConfig(file)))
  const monitor = startLoopMonitor()
  process.on('message', (what) => {
    if (what === 'iteration') return process.send?.(monitor.takeLongest())
    globalThis.gc?.()
    return process.send?.(process.memoryUsage())
  })
  process.send?.(program.url)
})
