interface RefusedAttempt {
  /** Whether it succeeds now. It takes its room if so. */
  readonly tryAgain: () => boolean
  /** The value of `performance.now()` when it was refused. */
  readonly refusedAt: number
  readonly end: (isDone: boolean) => void
}

/** What has no room until answers are read. It is tried again in the order of its arrival. */
export class RefusedAttempts {
  readonly #waiting = new Set<RefusedAttempt>()
  readonly #longestWait: number
  readonly #makeRoom: () => boolean
  #isScheduled = false
  #hasSucceeded = false

  /**
   * @param longestWait milliseconds for which one may wait
   * @param makeRoom ends answers that probably were read; returns whether there were some
   */
  constructor(longestWait: number, makeRoom: () => boolean) {
    this.#longestWait = longestWait
    this.#makeRoom = makeRoom
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Whether some have succeeded since the last call, and none waits since this value of `performance.now()`. */
  areProceeding(since: number): boolean {
    const [oldest] = this.#waiting
    const haveSucceeded = this.#hasSucceeded
    this.#hasSucceeded = false
    return haveSucceeded && (oldest === undefined || oldest.refusedAt > since)
  }

  /** Resolves with whether a further attempt has succeeded. */
  add(tryAgain: () => boolean): Promise<boolean> {
    return new Promise((end) => {
      this.#waiting.add({ tryAgain, refusedAt: performance.now(), end })
      this.tryAgainSoon()
    })
  }

  /** Tries again in the next iteration of the event loop, once for all the requests of this one. */
  tryAgainSoon(): void {
    if (this.#isScheduled || this.isEmpty) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#tryAgain()
      if (!this.isEmpty && this.#makeRoom()) this.#tryAgain()
    })
  }

  /** It was found out which answers were read. Those that have waited for long enough end. */
  endLate(): void {
    this.#tryAgain()
    const now = performance.now()
    for (const attempt of this.#waiting) if (now >= attempt.refusedAt + this.#longestWait) this.#refuse(attempt)
  }

  /** No answer waits any more: further room depends on something else. */
  endAll(): void {
    this.#tryAgain()
    for (const attempt of this.#waiting) this.#refuse(attempt)
  }

  #tryAgain(): void {
    for (const attempt of this.#waiting) {
      if (!attempt.tryAgain()) continue
      this.#hasSucceeded = true
      this.#waiting.delete(attempt)
      // Each continues in a callback of its own: otherwise, what all of them use would be in memory at the same time.
      setImmediate(() => attempt.end(true))
    }
  }

  #refuse(attempt: RefusedAttempt): void {
    this.#waiting.delete(attempt)
    attempt.end(false)
  }
}
