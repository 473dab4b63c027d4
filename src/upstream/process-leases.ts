import { Mutex } from './concurrency.ts'
import type { LeasedWork, SharedLease } from './shared-lease.ts'

/** The leases of a process that shares them with no other one. */
export class ProcessLeases {
  readonly #leases = new Map<string, ProcessLease>()

  get(name: string): SharedLease {
    const lease = this.#leases.get(name) ?? new ProcessLease()
    this.#leases.set(name, lease)
    return lease
  }
}

/** Does a work without a lease. Each work has a signal of its own: a shared one collects listeners. */
export function runUnleased<Result>(
  work: LeasedWork<Result>,
  note: (text: string | null) => Promise<void> = async () => {},
): Promise<Result> {
  return work(new AbortController().signal, () => {}, note)
}

class ProcessLease implements SharedLease {
  readonly #mutex = new Mutex()
  #holders = 0
  #note: string | null = null

  run<Result>(signal: AbortSignal, work: LeasedWork<Result>): Promise<Result> {
    this.#holders += 1
    return new Promise<Result>((resolve, reject) => {
      const abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      const begin = async () => {
        signal.removeEventListener('abort', abort)
        signal.throwIfAborted()
        return runUnleased(work, async (text) => {
          this.#note = text
        })
      }
      const end = () => {
        this.#holders -= 1
      }
      this.#mutex.run(begin).finally(end).then(resolve, reject)
    })
  }

  async tryRun<Result>(work: LeasedWork<Result>): Promise<{ readonly result: Result } | null> {
    if (this.#holders > 0) return null
    return { result: await this.run(new AbortController().signal, work) }
  }

  async readNote(): Promise<string | null> {
    return this.#note
  }
}
