import process from 'node:process'
import { startLoopMonitor } from './loop-monitor.ts'
import { startProgram, toConfig, withoutLimits } from './program.ts'

// A process for certgraph: the load must not run on the same event loop.
process.once('message', async (file) => {
  const program = await startProgram(withoutLimits(toConfig(file)))
  const monitor = startLoopMonitor()
  process.on('message', () => process.send?.(monitor.takeLongest()))
  process.send?.(program.url)
})
