import { responseTime } from '../../response-time.ts'
import type { StateKey, StateReader } from '../../state/state-store.ts'

/** Entries that are read in one piece. */
const pieceSize = 64

/** The entries whose keys begin with these parts, in slices. */
export async function* eachEntry(
  state: StateReader,
  keys: StateKey,
): AsyncGenerator<readonly [key: StateKey, text: string]> {
  let after: StateKey | undefined
  for (;;) {
    await responseTime.begin()
    const piece = [...state.range(keys, { limit: pieceSize, ...(after && { after }) })]
    yield* piece
    after = piece.at(-1)?.[0]
    if (!after) return
  }
}
