import { MemoryStateStore } from '../../src/state/memory-state-store.ts'

/** A state that outlives the programs of a test. */
export class KeptState extends MemoryStateStore {
  override isKept = true
}
