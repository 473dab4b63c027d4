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
}

export interface LeaseOptions {
  /** Whether the work is done when no process can get the lease at the moment. Works of the same process still wait. */
  readonly isOptional?: boolean
}

/**
 * @param lost aborts when the lease was lost meanwhile
 * @param assertHeld to be called immediately before what must not be done without the lease: in a process that was
 *   suspended, `lost` may abort too late. @throws LeaseLostError when the lease is lost, or may be lost before that is done
 */
export type LeasedWork<Result> = (lost: AbortSignal, assertHeld: () => void) => Promise<Result>

/** The place where leases are recorded cannot be reached. */
export class LeaseUnavailableError extends Error {
  constructor() {
    super('the lease cannot be acquired, because Redis is not available')
  }
}

/** Another process may have the lease by now. */
export class LeaseLostError extends Error {
  constructor() {
    super('the lease was lost, because it could not be renewed in time')
  }
}
