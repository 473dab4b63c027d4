import type { StateStore } from '../../state/state-store.ts'
import { eachEntry } from './each-entry.ts'
import { headKeys, parseHead } from './kept-reading.ts'

/** The part of the state that readings may take. The rest is for the history, and for transactions, which copy what they change. */
const share = 0.5

/** The room that readings have in the state. A character counts as a byte: most of them are ASCII. */
export class ReadingRoom {
  readonly #state: StateStore
  /** The characters of each reading, by its digest; null before they were counted. */
  #lengths: Map<string, number> | null = null
  #total = 0

  constructor(state: StateStore) {
    this.#state = state
  }

  /** Counts the readings that are kept, unless they were counted. */
  async measure(): Promise<void> {
    if (this.#lengths) return
    const lengths = new Map<string, number>()
    for await (const [[, digest], text] of eachEntry(this.#state, headKeys)) {
      lengths.set(String(digest), parseHead(text)?.length ?? 0)
    }
    this.#lengths = lengths
    this.#total = [...lengths.values()].reduce((sum, length) => sum + length, 0)
  }

  /** The characters that the next reading with this digest may have. */
  roomFor(digest: string): number {
    return share * this.#state.usage.maxBytes - this.#total + (this.#lengths?.get(digest) ?? 0)
  }

  /** Records that a reading was kept. */
  add(digest: string, length: number): void {
    this.#total += length - (this.#lengths?.get(digest) ?? 0)
    this.#lengths?.set(digest, length)
  }

  /** Readings were removed: they are counted again. */
  forget(): void {
    this.#lengths = null
  }
}
