import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../upstream/clock.ts'
import { resetInsteadOfClosing } from './reset-connection.ts'
import { readUnacknowledgedBytes } from './unacknowledged-bytes.ts'

type OnStall = (bytes: number) => void

interface AcceptedAnswer {
  /** Where it ends in the bytes of the connection. */
  readonly end: number
  /** Whether another request is enough to regard it as read. */
  readonly isPresumable: boolean
  done(): void
}

interface Reader {
  progressAt: number
  /** The bytes of the connection that its client had acknowledged when the table was read last. */
  position: number | undefined
  /** Bytes of the piece that waits, and of those after it. */
  unsent: number | undefined
  /** What the operating system has accepted and the client has not acknowledged. */
  accepted: AcceptedAnswer[]
  onStall: OnStall | undefined
  release(): void
}

/** Milliseconds without progress after which a connection with unsent bytes is closed. */
const maxPause = 30_000
const checkInterval = 10_000

/** Most clients have acknowledged an answer a round trip after its last piece is accepted. */
const firstInterval = 20
const maxInterval = 1_000

/** Milliseconds within which it is found out that a client has read an answer: Linux may acknowledge it 200 ms later. */
const longestDelay = 500

/** Reading the kernel's table takes milliseconds. It may take this part of all time, and this one before a refusal. */
const maxShare = 0.05
const maxUrgentShare = 0.2

/** Bytes that a connection may have written without an acknowledgement. Reading the table for less would cost more. */
const maxUnconfirmed = 65_536

/**
 * Closes connections whose clients do not read. Bytes that the operating system accepts are progress, and so are bytes
 * that the client acknowledges: the buffer of the operating system may have megabytes, and it accepts further ones when
 * a third of it is free.
 */
export class SlowReaders {
  readonly #clock: Clock
  readonly #isStopping: () => boolean
  readonly #readers = new Map<Socket, Reader>()
  readonly #confirmed = new WeakMap<Socket, number>()
  #ended = new AbortController()
  #interval = firstInterval
  #isPolling = false
  #isRefreshing = false
  #reading: Promise<void> | undefined
  #readAt = 0
  #readTime = 0

  /** @param isStopping whether the process ends, and the operating system may keep what clients have not acknowledged */
  constructor(clock: Clock, isStopping: () => boolean) {
    this.#clock = clock
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
    const end = socket.bytesWritten
    if (this.#isConfirmed(socket, end)) {
      done()
      return
    }
    this.#await(socket, { end, isPresumable: false, done }, onStall)
  }

  /** As `whenAcknowledged`, or when the client sends another request after the answer, which shows that it probably has it. */
  whenProbablyRead(socket: Socket, done: () => void): void {
    const end = socket.bytesWritten
    if (this.#isConfirmed(socket, end)) done()
    else this.#await(socket, { end, isPresumable: true, done })
  }

  /** The client has sent another request after its last answer. */
  presumeRead(socket: Socket): void {
    const reader = this.#readers.get(socket)
    if (!reader) return
    const { accepted } = reader
    reader.accepted = accepted.filter(({ isPresumable }) => !isPresumable)
    for (const { isPresumable, done } of accepted) if (isPresumable) done()
    this.#close(socket, reader)
  }

  /** Whether the client has acknowledged everything up to this byte, or nearly everything. */
  #isConfirmed(socket: Socket, end: number): boolean {
    return socket.destroyed || end - (this.#confirmed.get(socket) ?? 0) <= maxUnconfirmed
  }

  #await(socket: Socket, answer: AcceptedAnswer, onStall?: OnStall): void {
    this.#open(socket, onStall).accepted.push(answer)
    this.#interval = firstInterval
    if (!this.#isPolling) void this.#poll()
  }

  /**
   * Reads what clients have acknowledged, before something is refused. Returns false when a client that reads would have
   * acknowledged an answer since the given time of `performance.now()`, and when no answer waits for that.
   */
  async refresh(since: number): Promise<boolean> {
    if (!this.#isPolling || performance.now() >= since + longestDelay) return false
    await sleep(firstInterval, undefined, { ref: false })
    await this.#readAnew()
    return true
  }

  /** Reads it soon, so that fewer answers count as unread. */
  refreshSoon(): void {
    if (this.#isRefreshing || !this.#isPolling) return
    this.#isRefreshing = true
    const end = () => {
      this.#isRefreshing = false
    }
    this.#readAnew().then(end, end)
  }

  async #readAnew(): Promise<void> {
    // A reading that has begun may be too early.
    await this.#reading
    await this.#read(maxUrgentShare)
  }

  #open(socket: Socket, onStall?: OnStall): Reader {
    const known = this.#readers.get(socket)
    if (known) {
      if (onStall) known.onStall = onStall
      return known
    }
    const reader: Reader = {
      progressAt: this.#clock.elapsed(),
      position: undefined,
      unsent: undefined,
      accepted: [],
      onStall,
      release: resetInsteadOfClosing(socket, this.#isStopping, () => {
        reader.unsent = undefined
        for (const { done } of reader.accepted.splice(0)) done()
        this.#close(socket, reader)
      }),
    }
    this.#readers.set(socket, reader)
    if (this.#readers.size === 1) {
      this.#ended = new AbortController()
      this.#check(this.#ended.signal).catch(() => {})
    }
    return reader
  }

  #close(socket: Socket, reader: Reader): void {
    if (reader.unsent !== undefined || reader.accepted.length > 0) return
    reader.release()
    if (this.#readers.delete(socket) && this.#readers.size === 0) this.#ended.abort()
  }

  /** Timers of the process, not of the clock: how often the table is read decides nothing but the delay. */
  async #poll(): Promise<void> {
    this.#isPolling = true
    while ([...this.#readers.values()].some(({ accepted }) => accepted.length > 0)) {
      await sleep(this.#interval, undefined, { ref: false })
      this.#interval = Math.min(maxInterval, 2 * this.#interval)
      await this.#read(maxShare)
    }
    this.#isPolling = false
  }

  async #check(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const oldest = Math.min(...[...this.#readers.values()].map(({ progressAt }) => progressAt))
      const left = oldest + maxPause - this.#clock.elapsed()
      await this.#clock.sleep(Math.max(1, Math.min(checkInterval, left)), ended)
      await this.#read(1)
    }
  }

  /** Reads the table once for all who wait for it, and not before the earlier readings have taken at most this share. */
  async #read(share: number): Promise<void> {
    const wait = this.#readAt + Math.min(maxInterval, this.#readTime / share) - performance.now()
    if (wait > 0) await sleep(wait, undefined, { ref: false })
    this.#reading ??= this.#inspect().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  async #inspect(): Promise<void> {
    const sockets = [...this.#readers.keys()]
    // Bytes that are accepted while the table is read make the result smaller than it is, never larger.
    const accepted = new Map(sockets.map((socket) => [socket, socket.bytesWritten - socket.writableLength]))
    // Time that passes while the table is read is not time without progress.
    const now = this.#clock.elapsed()
    const { bytes: unacknowledged, busy } = await readUnacknowledgedBytes(sockets)
    for (const [socket, reader] of this.#readers) {
      const end = accepted.get(socket)
      if (end === undefined) continue
      const bytes = unacknowledged.get(socket)
      const position = end - (bytes ?? 0)
      // The number of bytes alone does not show progress: a client may read as much as is written meanwhile.
      const before = reader.position
      if (before !== undefined && position > before) reader.progressAt = now
      reader.position = position
      this.#confirm(socket, reader, position)
      // One look cannot show whether there was progress.
      if (before === undefined) continue
      if (now - reader.progressAt < maxPause || !this.#readers.has(socket)) continue
      reader.onStall?.(reader.unsent ?? bytes ?? 0)
      // With a reset, the client cannot take the part for the whole, and the operating system forgets the rest.
      socket.resetAndDestroy()
      reader.unsent = undefined
      this.#close(socket, reader)
    }
    this.#readAt = performance.now()
    this.#readTime = busy
  }

  #confirm(socket: Socket, reader: Reader, position: number): void {
    this.#confirmed.set(socket, position)
    while (reader.accepted[0] && reader.accepted[0].end <= position) reader.accepted.shift()?.done()
    this.#close(socket, reader)
  }
}
