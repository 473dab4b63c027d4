import { Mutex } from './concurrency.ts'
import type { SharedLease } from './shared-lease.ts'

/** The leases of a process that shares them with no other one. */
export class ProcessLeases {
  readonly #leases = new Map<string, ProcessLease>()

  get(name: string): SharedLease {
    const lease = this.#leases.get(name) ?? new ProcessLease()
    this.#leases.set(name, lease)
    return lease
  }
}

const neverLost = new AbortController().signal

class ProcessLease implements SharedLease {
  readonly #mutex = new Mutex()
  #holders = 0

  run<Result>(signal: AbortSignal, work: (lost: AbortSignal) => Promise<Result>): Promise<Result> {
    this.#holders += 1
    const held = async () => {
      signal.throwIfAborted()
      return work(neverLost)
    }
    return this.#mutex.run(held).finally(() => {
      this.#holders -= 1
    })
  }

  async tryRun<Result>(work: (lost: AbortSignal) => Promise<Result>): Promise<{ readonly result: Result } | null> {
    if (this.#holders > 0) return null
    return { result: await this.run(neverLost, work) }
  }
}
