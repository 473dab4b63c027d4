import type { TimeSlice } from './time-slice.ts'

/**
 * The time for work that several operations wait for. It continues in the first slice that one of them gets: a caller who has
 * used little time does not wait behind the operations of the one whose operation has begun the work.
 */
export class SharedTimeSlice implements TimeSlice {
  /** The operation whose slice the work takes. */
  #current: TimeSlice
  readonly #members = new Set<TimeSlice>()
  /** The members that wait for a slice. */
  readonly #requested = new Set<TimeSlice>()
  #continuation: { resolve(): void; reject(reason: unknown): void } | null = null
  #reason: unknown

  constructor(first: TimeSlice) {
    this.#current = first
    this.#members.add(first)
  }

  /** Adds an operation that waits for the work. */
  join(member: TimeSlice): void {
    this.#members.add(member)
    if (this.#continuation) this.#request(member)
  }

  begin(): Promise<void> {
    return this.#current.begin()
  }

  isOver(): boolean {
    return this.#current.isOver()
  }

  /** @throws the reason why the last operation ended, when all have ended */
  next(): Promise<void> {
    if (this.#members.size === 0) return Promise.reject(this.#reason)
    return new Promise((resolve, reject) => {
      this.#continuation = { resolve, reject }
      for (const member of this.#members) this.#request(member)
    })
  }

  /** A slice that was requested for a part of the work before serves the next one. */
  #request(member: TimeSlice): void {
    if (this.#requested.has(member)) return
    this.#requested.add(member)
    member.next().then(
      () => {
        this.#requested.delete(member)
        this.#current = member
        this.#continuation?.resolve()
        this.#continuation = null
      },
      (reason: unknown) => {
        this.#requested.delete(member)
        this.#members.delete(member)
        this.#reason = reason
        if (this.#members.size > 0) return
        this.#continuation?.reject(reason)
        this.#continuation = null
      },
    )
  }
}
