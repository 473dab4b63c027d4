import type { Socket } from 'node:net'
import type { Clock } from '../upstream/clock.ts'
import { readUnacknowledgedBytes } from './unacknowledged-bytes.ts'

interface Reader {
  progressAt: number
  unacknowledged: number | undefined
  close(): void
}

/** Milliseconds without progress after which a connection with unsent bytes is closed. */
const maxPause = 30_000
const checkInterval = 10_000

/**
 * Closes connections whose clients do not read. Bytes that the operating system accepts are progress, and so are bytes
 * that the client acknowledges: the buffer of the operating system may have megabytes, and it accepts further ones when
 * a third of them is free.
 */
export class SlowReaders {
  readonly #clock: Clock
  readonly #readers = new Map<Socket, Reader>()
  #ended = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Watches a connection with a piece that waits, until it is forgotten.
   * @param close called when the client has read nothing for 30 seconds, before its connection is reset
   */
  watch(socket: Socket, close: () => void): void {
    this.#readers.set(socket, { progressAt: this.#clock.elapsed(), unacknowledged: undefined, close })
    if (this.#readers.size > 1) return
    this.#ended = new AbortController()
    this.#check(this.#ended.signal).catch(() => {})
  }

  forget(socket: Socket): void {
    if (this.#readers.delete(socket) && this.#readers.size === 0) this.#ended.abort()
  }

  async #check(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const oldest = Math.min(...[...this.#readers.values()].map(({ progressAt }) => progressAt))
      const left = oldest + maxPause - this.#clock.elapsed()
      await this.#clock.sleep(Math.max(1, Math.min(checkInterval, left)), ended)
      const unacknowledged = await readUnacknowledgedBytes([...this.#readers.keys()])
      const now = this.#clock.elapsed()
      for (const [socket, reader] of this.#readers) {
        const bytes = unacknowledged.get(socket)
        if (reader.unacknowledged !== undefined && bytes !== reader.unacknowledged) reader.progressAt = now
        reader.unacknowledged = bytes
        if (now - reader.progressAt < maxPause) continue
        reader.close()
        // With a reset, the client cannot take the part for the whole, and the operating system forgets the rest.
        socket.resetAndDestroy()
        this.forget(socket)
      }
    }
  }
}
