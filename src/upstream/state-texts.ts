import type { KeptRoot, TextKind } from '../state/kept-kinds.ts'
import { missingRoom, type StateStore, type StateWriter } from '../state/state-store.ts'
import type { Clock } from './clock.ts'
import { type KeptTexts, maxKeptText, type TextBounds } from './kept-texts.ts'

/** Texts that are dropped at once. Each text that is set can drop more of them. */
const maxDropped = 100
/** Texts that are dropped for each one that is set while the store has little room left. */
const droppedForRoom = 2

/**
 * The texts of one kind in the state of this process, each after the wall-clock time at which it was set. Their keys are also
 * in the order of these times, so that the oldest texts are found.
 */
export function createStateTexts(
  state: StateStore,
  clock: Pick<Clock, 'now'>,
  kind: TextKind,
  { maxCount, yieldsRoom = false }: Pick<TextBounds, 'maxCount' | 'yieldsRoom'>,
): KeptTexts {
  const order = `${kind} order` satisfies KeptRoot
  const count = [`${kind} count` satisfies KeptRoot] as const

  const countOf = (writer: StateWriter) => Number(writer.get(count) ?? 0)

  function drop(writer: StateWriter, key: string): void {
    const entry = writer.get([kind, key])
    if (entry === null) return
    writer.remove([kind, key])
    writer.remove([order, Number(splitEntry(entry)[0]), key])
    writer.put(count, String(countOf(writer) - 1))
  }

  function set(writer: StateWriter, key: string, text: string): void {
    drop(writer, key)
    const now = clock.now()
    writer.put([kind, key], `${now} ${text}`)
    writer.put([order, now, key], '')
    writer.put(count, String(countOf(writer) + 1))
    const isCrowded = yieldsRoom && missingRoom(state.usage) > 0
    const over = Math.min(Math.max(countOf(writer) - maxCount, isCrowded ? droppedForRoom : 0), maxDropped)
    if (over <= 0) return
    for (const [[, , oldest]] of [...writer.range([order], { limit: over })]) drop(writer, String(oldest))
  }

  const remove = (key: string) => state.transaction((writer) => drop(writer, key))
  return {
    get isKept() {
      return state.hasRoom
    },
    get(key) {
      const entry = state.get([kind, key])
      return entry === null ? null : splitEntry(entry)[1]
    },
    set: (key, text) =>
      text.length > maxKeptText ? remove(key) : state.transaction((writer) => set(writer, key, text)),
    remove,
  }
}

function splitEntry(entry: string): readonly [at: string, text: string] {
  const end = entry.indexOf(' ')
  return [entry.slice(0, end), entry.slice(end + 1)]
}
