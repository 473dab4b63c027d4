import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../upstream/clock.ts'
import type { AcceptedAnswer } from './accepted-answers.ts'
import { RefusedAttempts } from './refused-attempts.ts'
import { resetInsteadOfClosing } from './reset-connection.ts'
import { longestAcknowledgement, maxPause, type OnStall, SlowReader } from './slow-reader.ts'
import { TableSchedule, usualShare } from './table-schedule.ts'
import { readTcpMemory } from './tcp-memory.ts'
import { readUnacknowledgedBytes } from './unacknowledged-bytes.ts'

const checkInterval = 10_000

/** Most clients have acknowledged an answer a round trip after its last piece is accepted. */
const firstInterval = 20
const maxInterval = 1_000

/** Milliseconds for which an answer waits before the table is read for it: most clients send their next request before. */
const minWait = 100

/** Milliseconds within which it is found out that a client has read an answer. */
const longestDelay = 2 * longestAcknowledgement

/** Bytes that a connection may have written without an acknowledgement. Reading the table for less would cost more. */
const maxUnconfirmed = 65_536

/**
 * Closes connections whose clients do not read. Bytes that the operating system accepts are progress, and so are bytes
 * that the client acknowledges: the buffer of the operating system may have megabytes, and it accepts further ones when
 * a third of it is free.
 */
export class SlowReaders {
  readonly #clock: Clock
  readonly #maxUnread: () => number
  readonly #isStopping: () => boolean
  readonly #readers = new Map<Socket, SlowReader>()
  readonly #confirmed = new WeakMap<Socket, number>()
  #ended = new AbortController()
  #interval = firstInterval
  readonly #table = new TableSchedule(() => this.#inspect())
  #isPolling = false
  #looking: Promise<void> | undefined
  #isRetrying = false
  readonly #refused = new RefusedAttempts(longestDelay, () => this.#freePresumed())

  /**
   * @param maxUnread bytes that the operating system may keep for all connections without anyone counting them
   * @param isStopping whether the process ends, and the operating system may keep what clients have not acknowledged
   */
  constructor(clock: Clock, maxUnread: () => number, isStopping: () => boolean) {
    this.#clock = clock
    this.#maxUnread = maxUnread
    this.#isStopping = isStopping
  }

  /** Watches a connection of which these bytes wait, until `forget` is called. */
  watch(socket: Socket, unsent: number, onStall: OnStall): void {
    const reader = this.#open(socket, onStall)
    if (reader.unsent === undefined) reader.progressAt = this.#clock.elapsed()
    reader.unsent = unsent
  }

  forget(socket: Socket): void {
    const reader = this.#readers.get(socket)
    if (!reader) return
    reader.unsent = undefined
    reader.progressAt = this.#clock.elapsed()
    this.#close(socket, reader)
  }

  /**
   * Calls `done` when the client has acknowledged what was written before, or the connection has closed; at once when it
   * is little, and where the operating system has no table.
   */
  whenAcknowledged(socket: Socket, done: () => void, onStall?: OnStall): void {
    this.#await(socket, 'acknowledgement', false, done, onStall)
  }

  /** As `whenAcknowledged`, or when the client sends another request after the answer, which shows that it probably has it. */
  whenProbablyRead(socket: Socket, done: () => void): void {
    this.#await(socket, 'next request', false, done)
  }

  /**
   * As `whenAcknowledged`, or when the client probably has the answer and the operating system keeps little for all connections.
   * @param isPresumedRead true: it need not be found out whether the client probably has it
   */
  whenFreed(socket: Socket, isPresumedRead: boolean, done: () => void, onStall: OnStall): void {
    this.#await(socket, 'memory', isPresumedRead, done, onStall)
  }

  /** The client has sent another request after its last answer. */
  presumeRead(socket: Socket): void {
    const reader = this.#readers.get(socket)
    if (!reader) return
    if (reader.accepted.presumeRead()) this.#refused.tryAgainSoon()
    this.#close(socket, reader)
  }

  /** Ends the answers that are presumed to be read, if the operating system keeps little. Returns whether there were some. */
  #freePresumed(): boolean {
    const kept = readTcpMemory()
    if (kept === null || kept > this.#maxUnread()) return false
    let isFreed = false
    for (const [socket, reader] of this.#readers) {
      if (reader.accepted.free()) isFreed = true
      this.#close(socket, reader)
    }
    return isFreed
  }

  /** Whether the client has acknowledged everything up to this byte, or nearly everything. */
  #isConfirmed(socket: Socket, end: number): boolean {
    return socket.destroyed || end - (this.#confirmed.get(socket) ?? 0) <= maxUnconfirmed
  }

  #await(
    socket: Socket,
    waitsFor: AcceptedAnswer['waitsFor'],
    isPresumedRead: boolean,
    done: () => void,
    onStall?: OnStall,
  ): void {
    const end = socket.bytesWritten
    if (this.#isConfirmed(socket, end)) {
      done()
      return
    }
    const acceptedAt = performance.now()
    this.#open(socket, onStall).accepted.add({ end, acceptedAt, waitsFor, isPresumedRead, done })
    this.#interval = firstInterval
    if (!this.#isPolling) void this.#poll()
  }

  /** Whether something waits to be tried again. */
  get hasRefused(): boolean {
    return !this.#refused.isEmpty
  }

  /**
   * Tries again what was refused because answers wait: after the next request of a client, and when it is found out what
   * clients have acknowledged. Resolves with false when a client that reads would have acknowledged an answer by now, and when
   * no answer waits.
   * @param tryAgain returns whether there was room
   */
  async retry(tryAgain: () => boolean): Promise<boolean> {
    if (!this.#isPolling) return false
    const isDone = this.#refused.add(tryAgain)
    if (!this.#isRetrying) void this.#retryRefused()
    return isDone
  }

  /** Finds out soon what was read, so that fewer answers count as unread. */
  refreshSoon(): void {
    if (this.#isPolling && !this.#freePresumed()) void this.#look()
  }

  async #retryRefused(): Promise<void> {
    this.#isRetrying = true
    while (!this.#refused.isEmpty) {
      await sleep(firstInterval, undefined, { ref: false })
      // As long as clients send requests, these show what was read.
      if (this.#refused.areProceeding(performance.now() - minWait)) continue
      await this.#look()
      if (this.#isPolling) this.#refused.endLate()
      else this.#refused.endAll()
    }
    this.#isRetrying = false
  }

  #look(): Promise<void> {
    this.#looking ??= this.#table.readAnew().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  #open(socket: Socket, onStall?: OnStall): SlowReader {
    const known = this.#readers.get(socket)
    if (known) {
      if (onStall) known.onStall = onStall
      return known
    }
    const release = resetInsteadOfClosing(socket, this.#isStopping, () => {
      reader.unsent = undefined
      reader.accepted.endAll()
      this.#close(socket, reader)
    })
    const reader = new SlowReader(this.#clock.elapsed(), onStall, release)
    this.#readers.set(socket, reader)
    if (this.#readers.size === 1) {
      this.#ended = new AbortController()
      this.#check(this.#ended.signal).catch(() => {})
    }
    return reader
  }

  #close(socket: Socket, reader: SlowReader): void {
    if (reader.isWaiting) return
    reader.release()
    if (this.#readers.delete(socket) && this.#readers.size === 0) this.#ended.abort()
  }

  async #poll(): Promise<void> {
    this.#isPolling = true
    const isOver = () => ![...this.#readers.values()].some(({ accepted }) => !accepted.isEmpty)
    while (!isOver()) {
      await sleep(this.#interval, undefined, { ref: false })
      this.#interval = Math.min(maxInterval, 2 * this.#interval)
      this.#freePresumed()
      const before = performance.now() - minWait
      const hasLate = [...this.#readers.values()].some(({ accepted }) => accepted.hasSince(before))
      if (hasLate) await this.#table.read(usualShare)
    }
    this.#isPolling = false
  }

  async #check(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const oldest = Math.min(...[...this.#readers.values()].map(({ progressAt }) => progressAt))
      const left = oldest + maxPause - this.#clock.elapsed()
      await this.#clock.sleep(Math.max(1, Math.min(checkInterval, left)), ended)
      await this.#table.read(1)
      while ([...this.#readers.values()].some(({ isSuspected }) => isSuspected)) {
        await sleep(longestAcknowledgement, undefined, { ref: false })
        await this.#table.read(1)
      }
    }
  }

  async #inspect(): Promise<number> {
    const sockets = [...this.#readers.keys()]
    // Bytes that are accepted while the table is read make the result smaller than it is, never larger.
    const accepted = new Map(sockets.map((socket) => [socket, socket.bytesWritten - socket.writableLength]))
    // Time that passes while the table is read is not time without progress.
    const now = this.#clock.elapsed()
    const { bytes: unacknowledged, busy } = await readUnacknowledgedBytes(sockets)
    for (const [socket, reader] of this.#readers) {
      const end = accepted.get(socket)
      if (end === undefined) continue
      const bytes = unacknowledged.get(socket) ?? 0
      this.#confirmed.set(socket, end - bytes)
      reader.follow(end - bytes, now)
      if (reader.isStalled) {
        reader.onStall?.(reader.unsent ?? bytes)
        reader.unsent = undefined
        // With a reset, the client cannot take the part for the whole, and the operating system forgets the rest.
        socket.resetAndDestroy()
      }
      this.#close(socket, reader)
    }
    return busy
  }
}
