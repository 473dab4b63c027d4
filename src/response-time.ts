import type { TimeSlice } from './time-slice.ts'

/** Milliseconds of work in one iteration of the event loop. */
const slice = 5

/**
 * The time of work that belongs to no operation, such as parsing the response of a vendor. All of it together has one slice in
 * each iteration of the event loop. Work that has begun goes on before other work begins: what was parsed of a response takes
 * more memory than the response.
 */
export class ResponseTime implements TimeSlice {
  readonly #elapsed: () => number
  readonly #begun: (() => void)[] = []
  readonly #others: (() => void)[] = []
  /** When the slice of this iteration ends; null when it has not begun. */
  #end: number | null = null
  #isScheduled = false
  #isRunning = false

  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed
  }

  begin(): Promise<void> {
    const begun = this.#wait(this.#others)
    if (!this.isOver()) void this.#run()
    return begun
  }

  isOver(): boolean {
    if (this.#end === null) {
      this.#end = this.#elapsed() + slice
      this.#schedule()
    }
    return this.#elapsed() >= this.#end
  }

  next(): Promise<void> {
    return this.#wait(this.#begun)
  }

  #wait(queue: (() => void)[]): Promise<void> {
    this.#schedule()
    return new Promise((resolve) => {
      queue.push(resolve)
    })
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#end = null
      void this.#run()
    })
  }

  /** Lets the waiting work go on, a piece at a time, until the slice is over. */
  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    // Until the caller of `begin` waits.
    await Promise.resolve()
    while (this.#begun.length + this.#others.length > 0 && !this.isOver()) {
      const resume = this.#begun.shift() ?? this.#others.shift()
      resume?.()
      // The work runs in microtasks. This one is behind it.
      await Promise.resolve()
    }
    this.#isRunning = false
    if (this.#begun.length + this.#others.length > 0) this.#schedule()
  }
}

/** There is one event loop. */
export const responseTime: TimeSlice = new ResponseTime()
