import { EventEmitter, once } from 'node:events'
import { jest } from '@jest/globals'
import type { SharedReading } from '../../../src/upstream/cache/reading.ts'
import { completeRows } from '../../../src/upstream/cache/reading.ts'
import type { CallOptions, SlotEstimate } from '../../../src/upstream/call/context.ts'
import { systemClock } from '../../../src/upstream/clock.ts'

export const pem = '-----BEGIN CERTIFICATE-----'
export const row = {
  id: 2n ** 63n - 1n,
  name: 'Batch workers',
  details: { expiresAt: 1.5, content: pem },
  content: pem,
}
/** Every field of a row except its PEM. */
export const fields = ['id', 'name', 'details', 'expiresAt']

/** A reading that ended now. */
export const read = (): SharedReading => {
  const readAt = systemClock.elapsed()
  return { rows: completeRows([row]), asOf: Date.now() - 20, startedAt: readAt - 20, readAt, bytes: 0 }
}

/** Call options with ten seconds left. `slots` records the estimates that the queue reports. */
export function createCallOptions(): CallOptions & { readonly slots: readonly (SlotEstimate | null)[] } {
  const slots: (SlotEstimate | null)[] = []
  return { signal: AbortSignal.any([]), remaining: () => 10_000, onQueued: (slot) => slots.push(slot), slots }
}

/** A maker whose reading ends when the test says so. */
export function createMaker() {
  const end = new EventEmitter()
  const ended = once(end, 'succeed').then(read)
  ended.catch(() => {})
  return {
    make: jest.fn(() => ended),
    succeed: () => end.emit('succeed'),
    fail: (error: Error) => end.emit('error', error),
  }
}

/** A maker that must not be called. */
export async function failOnRead(): Promise<SharedReading> {
  throw new Error('the reading was made a second time')
}
