import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import type { StateStore } from '../../src/state/state-store.ts'

/** A state that several programs of a test share, and that outlives them, as the one on disk does. */
export function createSharedState(): StateStore {
  return Object.defineProperty(new MemoryStateStore(), 'isKept', { value: true })
}
