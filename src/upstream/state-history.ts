import { randomBytes } from 'node:crypto'
import { historyRoot } from '../state/kept-kinds.ts'
import type { StateReader, StateStore, StateUsage, StateWriter } from '../state/state-store.ts'
import type { HistoryBounds, HistoryCommit, HistoryStore, StoredChange, StoredHead } from './history-store.ts'

const root = historyRoot
const boundsKey = [root, 'bounds'] as const
const headKey = (place: string) => [root, 'head', place] as const
const listKey = (place: string) => [root, 'list', place] as const
const changeKey = (sequence: number) => [root, 'change', sequence] as const
const removalKey = (place: string) => [root, 'removal', place] as const
const notesKey = (place: string) => [root, 'notes', place] as const

/** The history in the state of the process. */
export class StateHistory implements HistoryStore {
  readonly #state: StateStore
  /** Resolves when the gap that a process before this one has left is noted. */
  readonly #isGapNoted: Promise<void>

  /** @param now the wall-clock time of the start */
  constructor(state: StateStore, now: number) {
    this.#state = state
    this.#isGapNoted = state.isIncomplete ? this.#noteGap(now) : Promise.resolve()
  }

  get isKept(): boolean {
    return this.#state.hasDisk
  }

  get isShared(): boolean {
    return this.#state.isKept
  }

  get keepsLists(): boolean {
    return this.#state.hasDisk
  }

  get usage(): StateUsage | null {
    return this.#state.hasDisk ? this.#state.usage : null
  }

  onCrowded(listener: () => void): void {
    this.#state.onCrowded(listener)
  }

  async bounds(): Promise<HistoryBounds> {
    await this.#isGapNoted
    return readBounds(this.#state) ?? this.#state.transaction(createBounds)
  }

  async heads(): Promise<ReadonlyMap<string, StoredHead>> {
    const heads = new Map<string, StoredHead>()
    for (const [key, text] of this.#state.range([root, 'head'])) heads.set(String(key[2]), toHead(text))
    return heads
  }

  async head(place: string): Promise<StoredHead | null> {
    const text = this.#state.get(headKey(place))
    return text === null ? null : toHead(text)
  }

  async list(place: string): Promise<string | null> {
    return this.#state.get(listKey(place))
  }

  commit({
    place,
    version,
    head,
    list,
    changes,
    usedNotes,
    leftOutAt,
  }: HistoryCommit): Promise<{ readonly first: number } | null> {
    return this.#state.transaction((writer) => {
      const known = writer.get(headKey(place))
      if ((known === null ? 0 : toHead(known).version) !== version) return null
      const bounds = readBounds(writer) ?? createBounds(writer)
      const first = bounds.last + 1
      let { bytes } = bounds
      changes.forEach((text, index) => {
        writer.put(changeKey(first + index), text)
        bytes += text.length
      })
      if (changes.length > 0) writeBounds(writer, { ...bounds, last: bounds.last + changes.length, bytes })
      if (list !== null) writer.put(listKey(place), list)
      writer.put(headKey(place), `${version + 1} ${head}`)
      if (leftOutAt !== undefined) putRemoval(writer, place, leftOutAt)
      if (usedNotes.length > 0) changeNotes(writer, place, new Map(usedNotes.map((name) => [name, null])))
      return { first }
    })
  }

  async changes(from: number, limit: number): Promise<readonly StoredChange[]> {
    const { first, last } = await this.bounds()
    const found: StoredChange[] = []
    for (let sequence = Math.max(from, first); sequence <= last && found.length < limit; sequence += 1) {
      const text = this.#state.get(changeKey(sequence))
      if (text !== null) found.push({ sequence, text })
    }
    return found
  }

  async texts(sequences: readonly number[]): Promise<readonly (string | null)[]> {
    return sequences.map((sequence) => this.#state.get(changeKey(sequence)))
  }

  async remove(through: number, removedAt: ReadonlyMap<string, number>): Promise<void> {
    await this.#state.transaction((writer) => {
      const bounds = readBounds(writer)
      if (!bounds) return
      let { first, bytes } = bounds
      for (; first <= Math.min(through, bounds.last); first += 1) {
        bytes -= writer.get(changeKey(first))?.length ?? 0
        writer.remove(changeKey(first))
      }
      writeBounds(writer, { ...bounds, first, bytes })
      for (const [place, at] of removedAt) putRemoval(writer, place, at)
    })
  }

  async removals(): Promise<ReadonlyMap<string, number>> {
    await this.#isGapNoted
    const removals = new Map<string, number>()
    for (const [key, text] of this.#state.range([root, 'removal'])) removals.set(String(key[2]), Number(text))
    return removals
  }

  /** What was recorded while the disk could not be written is lost: for every place, the history begins at the start. */
  async #noteGap(now: number): Promise<void> {
    await this.#state.transaction((writer) => {
      for (const [[, , place]] of [...writer.range([root, 'head'])]) putRemoval(writer, String(place), now)
    })
  }

  async notes(place: string): Promise<ReadonlyMap<string, string>> {
    return readNotes(this.#state, place)
  }

  async setNotes(place: string, notes: ReadonlyMap<string, string | null>): Promise<void> {
    await this.#state.transaction((writer) => changeNotes(writer, place, notes))
  }
}

function toHead(text: string): StoredHead {
  const end = text.indexOf(' ')
  return { version: Number(text.slice(0, end)), text: text.slice(end + 1) }
}

function readBounds(reader: StateReader): HistoryBounds | null {
  const text = reader.get(boundsKey)
  if (text === null) return null
  const [id, first, last, bytes] = JSON.parse(text) as [string, number, number, number]
  return { id, first, last, bytes }
}

function writeBounds(writer: StateWriter, { id, first, last, bytes }: HistoryBounds): void {
  writer.put(boundsKey, JSON.stringify([id, first, last, bytes]))
}

function createBounds(writer: StateWriter): HistoryBounds {
  const known = readBounds(writer)
  if (known) return known
  const bounds = { id: randomBytes(9).toString('base64url'), first: 1, last: 0, bytes: 0 }
  writeBounds(writer, bounds)
  return bounds
}

function putRemoval(writer: StateWriter, place: string, at: number): void {
  writer.put(removalKey(place), String(Math.max(at, Number(writer.get(removalKey(place)) ?? at))))
}

function readNotes(reader: StateReader, place: string): ReadonlyMap<string, string> {
  const text = reader.get(notesKey(place))
  return new Map(text === null ? [] : (JSON.parse(text) as [string, string][]))
}

function changeNotes(writer: StateWriter, place: string, changes: ReadonlyMap<string, string | null>): void {
  const notes = new Map(readNotes(writer, place))
  for (const [name, text] of changes) {
    if (text === null) notes.delete(name)
    else notes.set(name, text)
  }
  if (notes.size > 0) writer.put(notesKey(place), JSON.stringify([...notes]))
  else writer.remove(notesKey(place))
}
