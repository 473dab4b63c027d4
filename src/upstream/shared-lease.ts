/** The right to do something that one process at a time may do. A process that ends without releasing it loses it soon. */
export interface SharedLease {
  /**
   * Waits for the lease and does the work with it.
   * @throws the reason of the signal when it aborts before the work begins, LeaseUnavailableError when no process can get
   *   the lease at the moment
   */
  run<Result>(signal: AbortSignal, work: LeasedWork<Result>, options?: LeaseOptions): Promise<Result>
  /** Does the work if no process has the lease. Null when one has it, or may have it. */
  tryRun<Result>(work: LeasedWork<Result>): Promise<{ readonly result: Result } | null>
  /** What a holder has noted for the next ones; null when there is nothing. @throws LeaseUnavailableError */
  readNote(): Promise<string | null>
}

export interface LeaseOptions {
  /** Whether the work is done when no process can get the lease at the moment. Works of the same process still wait. */
  readonly isOptional?: boolean
}

/**
 * @param lost aborts when the lease was lost meanwhile
 * @param assertHeld to be called immediately before what must not be done without the lease: in a process that was
 *   suspended, `lost` may abort too late. @throws LeaseLostError when the lease is lost, or may be lost before that is done
 * @param setNote notes something for the next holders. Without a lease that other processes see, nothing is noted
 */
export type LeasedWork<Result> = (lost: AbortSignal, assertHeld: () => void, setNote: SetNote) => Promise<Result>

/**
 * Replaces what is noted; null removes it. It outlives the holder, and is kept for at least `noteTtl`.
 * @throws LeaseLostError when another process has the lease, LeaseUnavailableError when it cannot be noted
 */
export type SetNote = (text: string | null) => Promise<void>

/** The place where leases are recorded cannot be reached or written. */
export class LeaseUnavailableError extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(`the lease cannot be acquired: ${reason}`)
    this.reason = reason
  }
}

/** Another process may have the lease by now. */
export class LeaseLostError extends Error {
  constructor() {
    super('the lease was lost, because it could not be renewed in time')
  }
}
