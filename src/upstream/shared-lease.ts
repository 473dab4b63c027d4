/** The right to do something that one process at a time may do. A process that ends without releasing it loses it soon. */
export interface SharedLease {
  /**
   * Waits for the lease and does the work with it. The signal given to the work aborts when the lease was lost meanwhile.
   * @throws the reason of the signal when it aborts before the work begins
   */
  run<Result>(signal: AbortSignal, work: (lost: AbortSignal) => Promise<Result>): Promise<Result>
  /** Does the work if no process has the lease. Null when one has it. */
  tryRun<Result>(work: (lost: AbortSignal) => Promise<Result>): Promise<{ readonly result: Result } | null>
}
