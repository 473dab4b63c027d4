import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two readings, at most. */
const maxInterval = 1_000

/** Reading the kernel's table takes milliseconds. It may take this part of all time, and this one before a refusal. */
export const usualShare = 0.05
const urgentShare = 0.2

/**
 * When the kernel's table is read: once for all who wait for it, and for a part of all time only. It uses timers of the process
 * and not the clock: how often the table is read decides nothing but the delay.
 */
export class TableSchedule {
  readonly #readTable: () => Promise<number>
  #reading: Promise<void> | undefined
  #readAt = 0
  #busy = 0

  /** @param readTable reads the table, and returns the milliseconds for which the event loop was busy with that */
  constructor(readTable: () => Promise<number>) {
    this.#readTable = readTable
  }

  /** Reads the table, and not before the earlier readings have taken at most this share. */
  async read(share: number): Promise<void> {
    const wait = this.#readAt + Math.min(maxInterval, this.#busy / share) - performance.now()
    if (wait > 0) await sleep(wait, undefined, { ref: false })
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  /** Reads the table from now on: a reading that has begun may be too early. */
  async readAnew(): Promise<void> {
    await this.#reading
    await this.read(urgentShare)
  }

  async #readNow(): Promise<void> {
    this.#busy = await this.#readTable()
    this.#readAt = performance.now()
  }
}
