/** The calls of an account that have been sent and not answered. */
export class CallsInFlight<Resource extends string> {
  readonly #calls = new Map<Resource, Set<Promise<unknown>>>()

  add<Value>(resource: Resource, call: Promise<Value>): Promise<Value> {
    const calls = this.#calls.get(resource) ?? new Set()
    this.#calls.set(resource, calls)
    calls.add(call)
    const end = () => calls.delete(call)
    call.then(end, end)
    return call
  }

  /**
   * Returns a function that passes on the last estimate of a waiting call when the calls now in flight have been answered:
   * they may show that the vendor is down, which is then why the call has to wait. After `end` nothing is passed on.
   */
  delay(resource: Resource, pass: (slotAt: number) => void): { report(slotAt: number): void; end(): void } {
    let last: number | null = null
    let isWaiting = true
    const passLast = () => {
      if (isWaiting && last !== null) pass(last)
      last = null
    }
    return {
      report: (slotAt) => {
        const isDelayed = last !== null
        last = slotAt
        if (isDelayed) return
        // A call that was let through just before is in flight when all pending steps have been taken.
        setImmediate(() => {
          const calls = this.#calls.get(resource)
          if (calls && calls.size > 0) void Promise.allSettled(calls).then(passLast)
          else passLast()
        })
      },
      end() {
        isWaiting = false
      },
    }
  }
}
