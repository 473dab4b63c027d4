import { AcceptedAnswers } from './accepted-answers.ts'

export type OnStall = (bytes: number) => void

/** Milliseconds without progress after which a connection with unsent bytes is closed. */
export const maxPause = 30_000
/** Milliseconds after which a client that has read bytes has acknowledged them: Linux may do that 200 ms later. */
export const longestAcknowledgement = 250

/** A connection whose client has not read everything that was sent to it. */
export class SlowReader {
  readonly accepted = new AcceptedAnswers()
  readonly release: () => void
  onStall: OnStall | undefined
  /** The clock's time of the last progress. */
  progressAt: number
  /** Bytes of the piece that the operating system has not accepted, and of those after it. */
  unsent: number | undefined
  /** The bytes of the connection that its client had acknowledged at the last look. */
  #position: number | undefined
  /** The real time of the first look that found no progress for too long. */
  #suspectedAt: number | undefined

  /** @param release called when nothing waits any more */
  constructor(now: number, onStall: OnStall | undefined, release: () => void) {
    this.progressAt = now
    this.onStall = onStall
    this.release = release
  }

  get isWaiting(): boolean {
    return this.unsent !== undefined || !this.accepted.isEmpty
  }

  /** Whether another look has to show that the client does not read. */
  get isSuspected(): boolean {
    return this.#suspectedAt !== undefined
  }

  /** The client has acknowledged the bytes up to this position. */
  follow(position: number, now: number): void {
    // The number of bytes alone does not show progress: a client may read as much as is written meanwhile.
    if (this.#position !== undefined && position > this.#position) this.progressAt = now
    this.#position = position
    this.accepted.acknowledge(position)
    const isLate = now - this.progressAt >= maxPause && this.isWaiting
    this.#suspectedAt = isLate ? (this.#suspectedAt ?? performance.now()) : undefined
  }

  /** Whether the client does not read. One look cannot show that: the acknowledgement may come a moment later. */
  get isStalled(): boolean {
    return this.#suspectedAt !== undefined && performance.now() - this.#suspectedAt >= longestAcknowledgement
  }
}
