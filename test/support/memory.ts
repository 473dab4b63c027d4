import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes in use after a garbage collection. */
export function memoryAfterCollection(): number {
  collect()
  const { heapUsed, external } = memoryUsage()
  return heapUsed + external
}

export const maxGrowth = 200_000_000
