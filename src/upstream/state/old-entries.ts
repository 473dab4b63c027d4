import type { StateStore } from '../../state/state-store.ts'
import { idempotencyTtl } from '../request-records.ts'
import { changeKind } from './change-log.ts'
import { parseDated } from './dated-text.ts'
import { eachEntry } from './each-entry.ts'
import { requestKind } from './idempotency-store.ts'
import { callsKind } from './kept-calls.ts'
import { removeOldReadings } from './old-readings.ts'

/**
 * Milliseconds for which dated entries are kept. The last change is of use as long as there are readings from before it, which
 * no configuration serves for a month.
 */
const maxAges = { [requestKind]: idempotencyTtl, [callsKind]: 86_400_000, [changeKind]: 30 * 86_400_000 }

/** Removes what is not used any more, such as that of places that are not configured any more. In slices. */
export async function removeOldEntries(state: StateStore, now: number): Promise<void> {
  await removeOldReadings(state, now)
  for (const [kind, maxAge] of Object.entries(maxAges)) {
    for await (const [key, text] of eachEntry(state, [kind])) {
      const dated = parseDated(text)
      if (dated && now - dated.at < maxAge) continue
      // It may have been replaced meanwhile.
      await state.transaction((writer) => writer.get(key) === text && writer.remove(key))
    }
  }
}
