import type { StateStore } from '../state/state-store.ts'
import type { KeptTexts } from './kept-texts.ts'

/** The texts of one kind in the state of this process. */
export function createStateTexts(state: StateStore, kind: string): KeptTexts {
  return {
    get isKept() {
      return state.isKept
    },
    get: (key) => state.get([kind, key]),
    set: (key, text) => state.transaction((writer) => writer.put([kind, key], text)),
    remove: (key) => state.transaction((writer) => writer.remove([kind, key])),
  }
}
