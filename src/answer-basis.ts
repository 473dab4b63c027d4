import type { Subscribe } from './listeners.ts'

/** The changes that this program makes through one API client, as far as an answer depends on them. */
interface FollowedChanges {
  /** The last change that the answer takes into account. */
  readonly change: string | null
  /** The last change by any replica. */
  latest(): string | null | Promise<string | null>
}

/**
 * What one answer was made from. It says whether the answer may be given again: not when it has parts that only its own
 * operation may have, and no longer when anything that it was made from changes. Requests that wait for an outdated answer
 * get it: they arrived before the change.
 */
export class AnswerBasis {
  /** Monotonic time at which the operation began. */
  readonly startedAt: number
  /** Milliseconds that an identical operation may take. The operation itself may have less left. */
  readonly timeout: number
  readonly #subscriptions: (() => void)[] = []
  readonly #changes = new Map<object, FollowedChanges>()
  #until = Number.POSITIVE_INFINITY
  #isShareable = true
  #isOutdated = false
  #onEnd: (() => void) | undefined

  /** @param timeout absent where nothing that is read may have to wait */
  constructor(startedAt: number, timeout = Number.POSITIVE_INFINITY) {
    this.startedAt = startedAt
    this.timeout = timeout
  }

  /** Whether another caller may get the answer, if it is recent enough. */
  get isShareable(): boolean {
    return this.#isShareable
  }

  /** Whether nothing that the answer was made from has changed since. */
  isCurrentAt(elapsed: number): boolean {
    return !this.#isOutdated && elapsed < this.#until
  }

  /** Calls this when the answer can no longer be shared or is outdated. It replaces the function of an earlier call. */
  onEnd(end: () => void): void {
    if (this.#isShareable && !this.#isOutdated) this.#onEnd = end
    else end()
  }

  /** The answer has a part that only this operation may have, such as a PEM. */
  exclude(): void {
    this.#isShareable = false
    this.#end()
  }

  /** The answer would be another one from this monotonic time on. */
  expireAt(elapsed: number): void {
    this.#until = Math.min(this.#until, elapsed)
  }

  /** Something that the answer was made from has changed, or is true at this moment only, such as the state of a rate limit. */
  outdate(): void {
    this.#isOutdated = true
    this.#end()
  }

  /** The answer will not be given again: what it was made from does not concern it any more. */
  release(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe()
  }

  /** Makes the answer depend on something that reports its changes. */
  dependOn(subscribe: Subscribe): void {
    if (this.#isShareable && !this.#isOutdated) this.#subscriptions.push(subscribe(() => this.outdate()))
  }

  /** Makes the answer depend on the changes that are recorded in a log. */
  follow(log: object, changes: FollowedChanges): void {
    const known = this.#changes.get(log)
    if (known && known.change !== changes.change) this.outdate()
    else this.#changes.set(log, changes)
  }

  /** Whether no change was made since. Without other replicas the result is known at once. */
  followsLatestChanges(): boolean | Promise<boolean> {
    const waiting: Promise<boolean>[] = []
    for (const { change, latest } of this.#changes.values()) {
      const found = latest()
      if (found instanceof Promise) waiting.push(found.then((id) => id === change))
      else if (found !== change) return false
    }
    return waiting.length === 0 || Promise.all(waiting).then((results) => results.every(Boolean))
  }

  #end(): void {
    this.release()
    const end = this.#onEnd
    this.#onEnd = undefined
    end?.()
  }
}
