import { randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import { Heartbeat } from './heartbeat.ts'
import { leaseTtl, renewInterval } from './lease-times.ts'
import { runUnleased } from './process-leases.ts'
import {
  type LeasedWork,
  LeaseLostError,
  type LeaseOptions,
  LeaseUnavailableError,
  type SharedLease,
} from './shared-lease.ts'

/** After this time without a renewal, too little is left of the lease to begin anything. */
const maxUnrenewed = 2_500
const minPollInterval = 75
const maxPollInterval = 150

/** Where the holder of a lease is recorded for the other processes. All return undefined when it cannot be reached. */
export interface LeaseRecord {
  /** Why it cannot be reached. */
  readonly lossReason: string
  /** Records the holder for `leaseTtl`. False if there is another one. */
  acquire(token: string): Promise<boolean | undefined>
  /**
   * Records the holder for `leaseTtl` from now on, and what it has noted if that was lost. False if there is another one by now.
   */
  renew(token: string, noted: string | null): Promise<boolean | undefined>
  release(token: string): Promise<unknown>
  /** Null when nothing is noted. */
  readNote(): Promise<string | null | undefined>
  /** Notes a text, or removes the note. False if another process has the lease. */
  setNote(token: string, text: string | null): Promise<boolean | undefined>
}

/** A moment by both clocks: the monotonic one stops while the machine is suspended. */
interface Moment {
  readonly elapsed: number
  readonly now: number
}

/** A lease that processes share through a record of its holder. */
export class RecordedLease implements SharedLease {
  readonly #clock: Clock
  /** The processes compete for the record, and the works of this process for this lease. */
  readonly #own: SharedLease
  readonly #record: LeaseRecord

  constructor(clock: Clock, own: SharedLease, record: LeaseRecord) {
    this.#clock = clock
    this.#own = own
    this.#record = record
  }

  run<Result>(
    signal: AbortSignal,
    work: LeasedWork<Result>,
    { isOptional = false }: LeaseOptions = {},
  ): Promise<Result> {
    return this.#own.run(signal, async () => {
      for (;;) {
        const token = randomUUID()
        const began = this.#moment()
        const isMine = await this.#record.acquire(token)
        if (isMine && signal.aborted) void this.#record.release(token)
        signal.throwIfAborted()
        if (isMine === undefined && isOptional) return runUnleased(work)
        if (isMine === undefined) throw this.#unavailable()
        if (isMine) return this.#hold(token, began, work)
        const wait = minPollInterval + Math.random() * (maxPollInterval - minPollInterval)
        await this.#clock.sleep(wait, signal)
      }
    })
  }

  async tryRun<Result>(work: LeasedWork<Result>): Promise<{ readonly result: Result } | null> {
    const tried = await this.#own.tryRun(async () => {
      const token = randomUUID()
      const began = this.#moment()
      const isMine = await this.#record.acquire(token)
      return isMine === true ? { result: await this.#hold(token, began, work) } : null
    })
    return tried?.result ?? null
  }

  async readNote(): Promise<string | null> {
    const text = await this.#record.readNote()
    if (text === undefined) throw this.#unavailable()
    return text
  }

  async #hold<Result>(token: string, began: Moment, work: LeasedWork<Result>): Promise<Result> {
    const lost = new AbortController()
    let renewed = began
    let noted: string | null = null
    const lose = () => {
      heartbeat.end()
      lost.abort(new LeaseLostError())
    }
    const heartbeat = new Heartbeat(this.#clock, renewInterval, async () => {
      if (this.#since(renewed) >= leaseTtl) return lose()
      const at = this.#moment()
      const isMine = await this.#record.renew(token, noted)
      if (isMine === true) renewed = at
      else if (isMine === false || this.#since(renewed) >= leaseTtl) lose()
    })
    heartbeat.start()
    const assertHeld = () => {
      lost.signal.throwIfAborted()
      if (this.#since(renewed) > maxUnrenewed) throw new LeaseLostError()
    }
    const setNote = async (text: string | null) => {
      // What others have noted since must not be replaced.
      assertHeld()
      const isMine = await this.#record.setNote(token, text)
      if (isMine === undefined) throw this.#unavailable()
      if (!isMine) throw new LeaseLostError()
      noted = text
    }
    try {
      return await work(lost.signal, assertHeld, setNote)
    } finally {
      heartbeat.end()
      // The result is returned without waiting for the release.
      void this.#record.release(token)
    }
  }

  #unavailable(): LeaseUnavailableError {
    return new LeaseUnavailableError(this.#record.lossReason)
  }

  #moment(): Moment {
    return { elapsed: this.#clock.elapsed(), now: this.#clock.now() }
  }

  #since({ elapsed, now }: Moment): number {
    return Math.max(this.#clock.elapsed() - elapsed, this.#clock.now() - now)
  }
}
