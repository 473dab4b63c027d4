import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'

/** Milliseconds between two lines in the log about one problem. */
const interval = 60_000

/** What is wrong with values in Redis, in words. */
const problems = {
  signature: 'values with an invalid signature',
  expired: 'values that have expired or are from the future',
  malformed: 'signed values that cannot be parsed',
} as const

export type InvalidValueProblem = keyof typeof problems

/** The values in Redis that were not used. */
export class InvalidValues {
  readonly #clock: Clock
  readonly #log: Logger
  #count = 0
  /** The values that are not in the log yet, by problem. */
  readonly #unlogged = new Map<InvalidValueProblem, number>()
  /** The monotonic times of the last lines. */
  readonly #loggedAt = new Map<InvalidValueProblem, number>()

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** How many were found since the start. */
  get count(): number {
    return this.#count
  }

  add(problem: InvalidValueProblem): void {
    this.#count += 1
    const values = (this.#unlogged.get(problem) ?? 0) + 1
    const now = this.#clock.elapsed()
    const isLogged = now - (this.#loggedAt.get(problem) ?? Number.NEGATIVE_INFINITY) >= interval
    this.#unlogged.set(problem, isLogged ? 0 : values)
    if (!isLogged) return
    this.#log.warn({ values }, `Redis has ${problems[problem]}; they are not used`)
    this.#loggedAt.set(problem, now)
  }
}
