import { createHash } from 'node:crypto'
import { responseTime } from '../../response-time.ts'
import type { StateStore, StateWriter } from '../../state/state-store.ts'
import type { SharedReading, SharedReadingCache, SharedReadingRequest } from '../cache/reading.ts'
import type { CallOptions } from '../call/context.ts'
import type { Identity } from '../call/vendor-api.ts'
import type { Clock } from '../clock.ts'
import { getHead, headVersion, isFromFuture, type KeptHead, putReading, removeRows, rowsKey } from './kept-reading.ts'
import { newRowsId, readRows, serializeRows } from './kept-rows.ts'
import { removeOldEntries } from './old-entries.ts'
import { ReadingRoom } from './reading-room.ts'
import { stateDigest } from './state-digest.ts'

/** Milliseconds until a reading is kept: it is served first, and others are kept in the same transaction. */
const delay = 100
/** Characters that one transaction writes: it writes them without a pause. */
const maxLength = 131_072
/** Milliseconds between two searches for entries that are not used any more. */
const cleanupInterval = 3_600_000

interface NewReading {
  readonly reading: SharedReading
  readonly request: SharedReadingRequest
}

interface SerializedReading {
  readonly head: KeptHead
  readonly rows: readonly string[]
}

/**
 * The readings of a process that shares them with no replica, in the state. Readings before and after a change have the same
 * key: after a restart, the last one is there, whether there was a change since or not.
 */
export class StateReadingCache implements SharedReadingCache {
  readonly #clock: Clock
  readonly #state: StateStore
  readonly #room: ReadingRoom
  readonly #unwritten = new Map<string, NewReading>()
  #writing: Promise<void> | null = null
  #beginWriting = () => {}
  #isClosed = false
  /** Monotonic time. */
  #cleanedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock
    this.#state = state
    this.#room = new ReadingRoom(state)
    state.onKept(() => this.#begin())
  }

  async get(identity: Identity): Promise<SharedReading | null> {
    const digest = stateDigest(identity)
    const head = getHead(this.#state, digest)
    if (!head || isFromFuture(head, this.#clock.now())) return null
    const rows = await readRows(this.#state, head)
    // A newer reading may have replaced it meanwhile.
    if (!rows) return getHead(this.#state, digest)?.rowsId === head.rowsId ? null : this.get(identity)
    return this.#toReading(head, rows)
  }

  async getOrMake(
    request: SharedReadingRequest,
    options: CallOptions,
    make: (options: CallOptions) => Promise<SharedReading>,
  ): Promise<SharedReading> {
    const reading = await make(options)
    this.keep(request, reading)
    return reading
  }

  keep(request: SharedReadingRequest, reading: SharedReading): void {
    if (!this.#state.hasDisk || this.#isClosed) return
    const { rows, missing } = reading.rows
    // The list is emptied before it is written.
    const kept = { ...reading, rows: { rows: [...rows], missing } }
    this.#unwritten.set(stateDigest(request.identity), { request, reading: kept })
    this.#begin()
  }

  /** Resolves when every reading is kept. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#beginWriting()
    await this.#writing
    this.#begin()
    this.#beginWriting()
    await this.#writing
  }

  #begin(): void {
    if (!this.#isDue) return
    this.#writing ??= this.#write()
      // A reading that cannot be kept is served all the same.
      .catch(() => {})
      .finally(() => {
        this.#writing = null
        if (!this.#isClosed) this.#begin()
      })
  }

  /** Readings are in memory already: they wait for the disk there. The last attempt is at the end. */
  get #isDue(): boolean {
    return this.#unwritten.size > 0 && (this.#state.isKept || this.#isClosed)
  }

  async #write(): Promise<void> {
    await this.#pause()
    await this.#room.measure()
    while (this.#isDue) await this.#writeSome()
    const now = this.#clock.elapsed()
    if (this.#isClosed || !this.#state.isKept || now - this.#cleanedAt < cleanupInterval) return
    this.#cleanedAt = now
    await removeOldEntries(this.#state, this.#clock.now())
    this.#room.forget()
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay)
      timer.unref()
      this.#beginWriting = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Writes as many readings as fit into one transaction. */
  async #writeSome(): Promise<void> {
    const writes: ((writer: StateWriter) => void)[] = []
    let length = 0
    for (const [digest, made] of this.#unwritten) {
      this.#unwritten.delete(digest)
      const serialized = await this.#serialize(made, this.#room.roomFor(digest))
      // The one before it stays, as long as it is not too old.
      if (!serialized) continue
      const { head, rows } = serialized
      const now = this.#clock.now()
      writes.push((writer) => putReading(writer, digest, { head, rows, now }))
      this.#room.add(digest, head.length)
      length += rows.reduce((sum, text) => sum + text.length, 0)
      if (length >= maxLength) break
    }
    await this.#state.transaction((writer) => {
      for (const write of writes) write(writer)
    })
  }

  /**
   * Returns the last texts of the rows. Those before are written already, where there are too many for one transaction. Null when
   * there is no room for them.
   */
  async #serialize({ reading, request }: NewReading, room: number): Promise<SerializedReading | null> {
    const rowsId = newRowsId(this.#clock.now())
    const hash = createHash('sha256')
    let rows: string[] = []
    let written = 0
    let length = 0
    let unwritten = 0
    await responseTime.begin()
    for await (const text of serializeRows(reading.rows.rows, request.fields)) {
      length += Buffer.byteLength(text)
      if (length > room) {
        await this.#state.transaction((writer) => removeRows(writer, { rowsId, texts: written }))
        return null
      }
      hash.update(text)
      rows.push(text)
      unwritten += text.length
      if (unwritten < maxLength) continue
      const [texts, from] = [rows, written]
      await this.#state.transaction((writer) => {
        for (const [index, each] of texts.entries()) writer.put(rowsKey(rowsId, from + index), each)
      })
      written += rows.length
      rows = []
      unwritten = 0
    }
    const { asOf, startedAt, readAt, bytes } = reading
    const completedAt = asOf + Math.round(readAt - startedAt)
    const head = {
      version: headVersion,
      rowsId,
      texts: written + rows.length,
      length,
      hash: hash.digest('base64url'),
      asOf,
      readAt: completedAt,
      missing: reading.rows.missing,
      bytes,
      change: request.change ?? null,
      expiresAt: completedAt + Math.ceil(request.maxAge),
    } as const
    return { head, rows }
  }

  /** A small skew of the clock counts as an age of zero. */
  #toReading({ asOf, readAt, missing, bytes, change }: KeptHead, rows: unknown[]): SharedReading {
    const [now, elapsed] = [this.#clock.now(), this.#clock.elapsed()]
    const ageOf = (time: number) => Math.max(0, now - time)
    return {
      rows: { rows, missing },
      bytes,
      asOf: now - ageOf(asOf),
      startedAt: elapsed - ageOf(asOf),
      readAt: elapsed - ageOf(readAt),
      change,
    }
  }
}
