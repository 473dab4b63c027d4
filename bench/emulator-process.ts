import process from 'node:process'
import { startEmulators } from './emulators.ts'
import { createLongList } from './long-list.ts'
import { accountSizes, chainSizes, largeSizes, latency, sizes, smallSizes } from './sizes.ts'

const bySize: Readonly<Record<string, typeof largeSizes>> = {
  large: largeSizes,
  small: smallSizes(8),
  chain: chainSizes,
  accounts: accountSizes,
}
const [, , size = ''] = process.argv

// A process for the emulators: their time and memory must not count as those of certgraph.
const { file, emulators, calls } = await startEmulators({
  now: Date.now,
  limits: false,
  sizes: bySize[size] ?? sizes,
})
for (const emulator of emulators) {
  emulator.latency = latency
  if (size === 'long') emulator.fault(createLongList())
}

process.on('message', () => process.send?.(calls()))
process.send?.(file)
