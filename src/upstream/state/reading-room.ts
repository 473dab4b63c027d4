import type { StateStore } from '../../state/state-store.ts'
import { eachEntry } from './each-entry.ts'
import { headKeys, parseHead, removeReading } from './kept-reading.ts'

/** The part of the state that readings may take. The rest is for the history, and for transactions, which copy what they change. */
const share = 0.5

/** Readings are not kept beyond this part: what is removed to make room would be newer than they are. */
const fullShare = 0.9

/** The room that readings have in the state, in bytes. */
export class ReadingRoom {
  readonly #state: StateStore
  /** The bytes of each reading, by its digest; null before they were counted. */
  #lengths: Map<string, number> | null = null
  #total = 0

  constructor(state: StateStore) {
    this.#state = state
  }

  /** Counts the readings that are kept, unless they were counted. Removes the oldest where the limit was lowered. */
  async measure(): Promise<void> {
    if (this.#lengths) return
    const lengths = new Map<string, number>()
    const times = new Map<string, number>()
    for await (const [[, digest], text] of eachEntry(this.#state, headKeys)) {
      const head = parseHead(text)
      lengths.set(String(digest), head?.length ?? 0)
      times.set(String(digest), head?.asOf ?? 0)
    }
    this.#lengths = lengths
    this.#total = [...lengths.values()].reduce((sum, length) => sum + length, 0)
    const oldest = [...times].sort(([, one], [, other]) => one - other)
    for (const [digest] of oldest) {
      if (this.#total <= share * this.#state.usage.maxBytes) return
      await this.#state.transaction((writer) => removeReading(writer, digest))
      this.#total -= lengths.get(digest) ?? 0
      lengths.delete(digest)
    }
  }

  /** The bytes that the next reading with this digest may have. */
  roomFor(digest: string): number {
    const { bytes, maxBytes } = this.#state.usage
    const ofReadings = share * maxBytes - this.#total + (this.#lengths?.get(digest) ?? 0)
    return Math.min(ofReadings, fullShare * maxBytes - bytes)
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
