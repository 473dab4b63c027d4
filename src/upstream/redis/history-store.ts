import { randomBytes } from 'node:crypto'
import type { HistoryBounds, HistoryCommit, HistoryStore, StoredChange, StoredHead } from '../history-store.ts'
import type { RedisConnection } from './connection.ts'
import {
  beginHistory,
  commitChanges,
  readAllFields,
  readBounds,
  readFields,
  replaceBounds,
  writeFields,
} from './history-scripts.ts'
import type { Keys } from './keys.ts'

/** How often a commit is repeated because another replica has recorded changes of other places. */
const maxAttempts = 20
/** Milliseconds for which notes are kept. */
const notesLifetime = 3_600_000
/** Fields that one script removes or writes. */
const batch = 1_000

/** The bounds, and their text in Redis. */
interface KnownBounds {
  readonly bounds: HistoryBounds
  readonly text: string
}

/** The history that replicas keep in Redis. Its texts are signed. While Redis is lost, nothing is recorded or read. */
export class RedisHistory implements HistoryStore {
  readonly isKept = true
  readonly isShared = true
  readonly keepsLists = true
  readonly usage = null
  readonly #connection: RedisConnection
  readonly #keys: Keys
  readonly #names: Readonly<Record<'bounds' | 'heads' | 'lists' | 'changes' | 'removals', string>>
  /** The heads as they are in Redis, by place. */
  readonly #heads = new Map<string, { readonly version: number; readonly text: string }>()

  constructor(connection: RedisConnection, keys: Keys) {
    this.#connection = connection
    this.#keys = keys
    const ofValue = (part: string) => keys.ofValue(`history:${part}`)
    this.#names = {
      bounds: ofValue('bounds'),
      heads: ofValue('heads'),
      lists: ofValue('lists'),
      changes: ofValue('changes'),
      removals: ofValue('removals'),
    }
  }

  /** Redis has a limit of its own. */
  onCrowded(): void {}

  async bounds(): Promise<HistoryBounds | null> {
    return (await this.#readBounds())?.bounds ?? null
  }

  async heads(): Promise<ReadonlyMap<string, StoredHead> | null> {
    const all = await this.#readAll(this.#names.heads)
    if (!all) return null
    const heads = new Map<string, StoredHead>()
    for (const [place, text] of all) {
      const head = this.#toHead(place, text)
      if (head) heads.set(place, head)
    }
    return heads
  }

  async head(place: string): Promise<StoredHead | null | undefined> {
    const text = (await this.#readFields(this.#names.heads, [place]))?.[0]
    if (text === undefined) return undefined
    const head = this.#toHead(place, text)
    // A text of another program is replaced.
    this.#heads.set(place, { version: head?.version ?? 0, text })
    return head
  }

  async list(place: string): Promise<string | null | undefined> {
    const text = (await this.#readFields(this.#names.lists, [place]))?.[0]
    return text === undefined ? undefined : this.#verify(this.#names.lists, place, text)
  }

  async commit(commit: HistoryCommit): Promise<{ readonly first: number } | null> {
    const { place, version } = commit
    const known = this.#heads.get(place)
    if (known?.version !== version) return null
    const head = this.#sign(this.#names.heads, place, `${version + 1} ${commit.head}`)
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const before = await this.#readBounds()
      if (!before) return null
      const first = before.bounds.last + 1
      const result = await this.#tryCommit(commit, { before, first, replaced: known.text, head })
      if (result === '') {
        this.#heads.set(place, { version: version + 1, text: head })
        return { first }
      }
      if (result !== 'bounds') return null
    }
    return null
  }

  #tryCommit(
    { place, list, changes, usedNotes }: HistoryCommit,
    {
      before: { bounds, text },
      first,
      replaced,
      head,
    }: { readonly before: KnownBounds; readonly first: number; readonly replaced: string; readonly head: string },
  ): Promise<unknown> {
    const { heads, bounds: boundsName, lists, changes: changesName } = this.#names
    const texts = changes.flatMap((change, index) => {
      const sequence = String(first + index)
      return [sequence, this.#sign(changesName, sequence, change)]
    })
    const bytes = changes.reduce((sum, change) => sum + change.length, bounds.bytes)
    const after = this.#toBoundsText({ ...bounds, last: bounds.last + changes.length, bytes })
    const replacedBounds = changes.length > 0 ? [text, after] : ['', '']
    return this.#connection.run(
      commitChanges,
      [heads, boundsName, lists, changesName, this.#notesName(place)],
      [
        place,
        replaced,
        head,
        ...replacedBounds,
        list === null ? '' : this.#sign(lists, place, list),
        changes.length,
        ...texts,
        ...usedNotes,
      ],
    )
  }

  async changes(from: number, limit: number): Promise<readonly StoredChange[] | null> {
    const bounds = await this.bounds()
    if (!bounds) return null
    const found: StoredChange[] = []
    // Some may have been removed by another replica, or evicted by Redis.
    for (let start = Math.max(from, bounds.first); start <= bounds.last && found.length === 0; start += limit) {
      const length = Math.min(limit, bounds.last - start + 1)
      const sequences = Array.from({ length }, (_, index) => start + index)
      const texts = await this.texts(sequences)
      if (!texts) return null
      sequences.forEach((sequence, index) => {
        const text = texts[index]
        if (text) found.push({ sequence, text })
      })
    }
    return found
  }

  async texts(sequences: readonly number[]): Promise<readonly (string | null)[] | null> {
    const names = sequences.map(String)
    const texts = await this.#readFields(this.#names.changes, names)
    return texts ? names.map((name, index) => this.#verify(this.#names.changes, name, texts[index] ?? '')) : null
  }

  async remove(through: number, removedAt: ReadonlyMap<string, number>): Promise<void> {
    const [before, known] = [await this.#readBounds(), await this.removals()]
    if (!before || !known) return
    const { bounds } = before
    const end = Math.min(through, bounds.last)
    let { bytes } = bounds
    for (let start = bounds.first; start <= end; start += batch) {
      const length = Math.min(batch, end - start + 1)
      const sequences = Array.from({ length }, (_, index) => start + index)
      const texts = await this.texts(sequences)
      if (!texts) return
      for (const text of texts) bytes -= text?.length ?? 0
    }
    const after = this.#toBoundsText({ ...bounds, first: end + 1, bytes: Math.max(0, bytes) })
    // First, so that no change is missing in a time that the history claims.
    await this.#write(
      this.#names.removals,
      [...removedAt].flatMap(([place, at]) => [
        place,
        this.#sign(this.#names.removals, place, String(Math.max(at, known.get(place) ?? at))),
      ]),
    )
    // Another replica does the same, or has recorded a change: the next attempt is after the next change.
    if ((await this.#connection.run(replaceBounds, [this.#names.bounds], [before.text, after])) !== 1) return
    await this.#write(this.#names.changes, sequencesBetween(bounds.first, end))
  }

  async removals(): Promise<ReadonlyMap<string, number> | null> {
    const all = await this.#readAll(this.#names.removals)
    if (!all) return null
    const removals = new Map<string, number>()
    for (const [place, text] of all) {
      const at = this.#verify(this.#names.removals, place, text)
      if (at !== null) removals.set(place, Number(at))
    }
    return removals
  }

  async notes(place: string): Promise<ReadonlyMap<string, string>> {
    const key = this.#notesName(place)
    const notes = new Map<string, string>()
    for (const [name, text] of (await this.#readAll(key)) ?? []) {
      const note = this.#verify(key, name, text)
      if (note !== null) notes.set(name, note)
    }
    return notes
  }

  async setNotes(place: string, notes: ReadonlyMap<string, string | null>): Promise<void> {
    const key = this.#notesName(place)
    const fields = [...notes].flatMap(([name, text]) => [name, text === null ? '' : this.#sign(key, name, text)])
    await this.#write(key, fields, notesLifetime)
  }

  #notesName(place: string): string {
    return this.#keys.ofValue(`history:notes:${place}`)
  }

  async #readBounds(): Promise<KnownBounds | null> {
    if (!(await this.#connection.isShared())) return null
    const { bounds, ...others } = this.#names
    const text = await this.#connection.run(readBounds, [bounds])
    if (typeof text !== 'string') return null
    const known = this.#toBounds(text)
    if (known) return known
    // There is none, or a text of another program: a new history begins.
    const created = this.#toBoundsText({ id: randomBytes(9).toString('base64url'), first: 1, last: 0, bytes: 0 })
    const begun = await this.#connection.run(beginHistory, [bounds, ...Object.values(others)], [text, created])
    return typeof begun === 'string' ? this.#toBounds(begun) : null
  }

  #toBounds(text: string): KnownBounds | null {
    const body = this.#verify(this.#names.bounds, '', text)
    if (body === null) return null
    const [id, first, last, bytes] = JSON.parse(body) as [string, number, number, number]
    return { bounds: { id, first, last, bytes }, text }
  }

  #toBoundsText({ id, first, last, bytes }: HistoryBounds): string {
    return this.#sign(this.#names.bounds, '', JSON.stringify([id, first, last, bytes]))
  }

  #toHead(place: string, text: string): StoredHead | null {
    const body = this.#verify(this.#names.heads, place, text)
    if (body === null) return null
    const end = body.indexOf(' ')
    return { version: Number(body.slice(0, end)), text: body.slice(end + 1) }
  }

  async #readFields(key: string, names: readonly string[]): Promise<readonly string[] | undefined> {
    if (!(await this.#connection.isShared())) return undefined
    const texts = await this.#connection.run(readFields, [key], names)
    return Array.isArray(texts) ? texts.map(String) : undefined
  }

  async #readAll(key: string): Promise<ReadonlyMap<string, string> | undefined> {
    if (!(await this.#connection.isShared())) return undefined
    const all = await this.#connection.run(readAllFields, [key])
    if (!Array.isArray(all)) return undefined
    const fields = new Map<string, string>()
    for (let index = 0; index < all.length; index += 2) fields.set(String(all[index]), String(all[index + 1]))
    return fields
  }

  /** @param fields names with texts; an empty text removes the field */
  async #write(key: string, fields: readonly string[], lifetime = 0): Promise<void> {
    if (!(await this.#connection.isShared())) return
    for (let start = 0; start < fields.length; start += 2 * batch) {
      await this.#connection.run(writeFields, [key], [lifetime, ...fields.slice(start, start + 2 * batch)])
    }
  }

  /** What is kept for long says itself when it was true: the clocks of replicas do not matter. */
  #sign(key: string, name: string, body: string): string {
    return this.#keys.values.signAsOf(`${key}:${name}`, { asOf: 0, expiresAt: 0, body })
  }

  #verify(key: string, name: string, text: string): string | null {
    return this.#keys.values.verify(`${key}:${name}`, text)?.body ?? null
  }
}

/** The names of changes with empty texts. */
function sequencesBetween(first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => [String(first + index), '']).flat()
}
