import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import type { StateStore } from '../../src/state/state-store.ts'

/** A state whose disk gets full, while another process has it open or not. What is written then is in memory. */
export function createFullState() {
  const disk = { isFull: false, isShared: true }
  const state = Object.defineProperties(new MemoryStateStore(), {
    isKept: { get: () => !disk.isFull },
    problem: { get: () => (disk.isFull ? { reason: 'the disk is full' } : null) },
    hasOtherProcesses: { value: () => disk.isShared },
  })
  return { state, disk }
}

/** A state that several programs of a test share, and that outlives them, as the one on disk does. */
export function createSharedState(): StateStore {
  return Object.defineProperty(new MemoryStateStore(), 'isKept', { value: true })
}
