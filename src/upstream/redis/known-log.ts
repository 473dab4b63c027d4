import { type Limit, paddedWindow } from '../rate-limit/limit.ts'

/** What Redis says about a log of calls. Times are those of Redis. */
interface FoundLog {
  readonly epoch: string
  readonly times: readonly number[]
  readonly redisNow: number
  /** A call was recorded: the log had room, and all calls in its window are among the times. */
  readonly isRecorded: boolean
}

/** What a replica knows of the log of one limit: its epoch, and the calls of this replica that must be in it. */
export class KnownLog {
  readonly #window: number
  #epoch = ''
  /** The times of the calls in the log, in the time of Redis. */
  #times: readonly number[] = []
  #incompleteUntil = Number.NEGATIVE_INFINITY

  constructor(limit: Limit) {
    this.#window = paddedWindow(limit)
  }

  /** The log may lack calls from before it began, until a window later. Monotonic time. */
  get incompleteUntil(): number {
    return this.#incompleteUntil
  }

  forget(): void {
    this.#epoch = ''
    this.#times = []
  }

  /** Learns the epoch of a log that was not known. `ahead` is the time of Redis less the monotonic time. */
  learn(found: Pick<FoundLog, 'epoch' | 'redisNow'>, ahead: number): void {
    if (this.#epoch === '') this.#setEpoch(found, ahead)
  }

  /** Records that the log has a call of this replica. */
  add(redisTime: number): void {
    this.#times = [...this.#times, redisTime]
  }

  /** Records that the log has these calls of this replica. */
  replace(redisTimes: readonly number[]): void {
    this.#times = redisTimes
  }

  /**
   * Whether the log was lost: it began anew, or it does not have all calls that this replica made within the window. Only
   * times count: a call may be another entry with the same time.
   */
  isLost({ epoch, times, redisNow, isRecorded }: FoundLog, ahead: number): boolean {
    const known = this.#epoch
    this.#setEpoch({ epoch, redisNow }, ahead)
    // Redis's clock may have been set back: a call in its future then counts as made at another time.
    this.#times = this.#times.filter((at) => at > redisNow - this.#window && at <= redisNow)
    // The epoch of a log that a previous version has pruned is replaced, and its calls are still there.
    const isAnew = known !== '' && epoch !== known && beginningOf(epoch) > 0
    return isAnew || (isRecorded && !includesAll(times, this.#times))
  }

  #setEpoch({ epoch, redisNow }: Pick<FoundLog, 'epoch' | 'redisNow'>, ahead: number): void {
    if (epoch === '' || epoch === this.#epoch) return
    this.#epoch = epoch
    // A time in the future is forged, or from before Redis's clock was set back.
    this.#incompleteUntil = Math.min(beginningOf(epoch), redisNow) - ahead + this.#window
  }
}

/** The time of Redis at which a log began; zero when it is not known. */
function beginningOf(epoch: string): number {
  const began = Number(/^(\d{1,15}):/.exec(epoch)?.[1] ?? 0)
  return Number.isSafeInteger(began) ? began : 0
}

/** Whether the list has each of the times, as often as it is given. */
function includesAll(list: readonly number[], times: readonly number[]): boolean {
  const left = new Map<number, number>()
  for (const time of list) left.set(time, (left.get(time) ?? 0) + 1)
  return times.every((time) => {
    const count = left.get(time) ?? 0
    left.set(time, count - 1)
    return count > 0
  })
}
