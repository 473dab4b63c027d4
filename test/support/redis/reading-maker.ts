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
/** All of a row but its PEM. */
export const fields = ['id', 'name', 'details', 'expiresAt']

/** A reading that has just been made. */
export const read = (): SharedReading => {
  const readAt = systemClock.elapsed()
  return { rows: completeRows([row]), asOf: Date.now() - 20, startedAt: readAt - 20, readAt }
}

/** A sender that has time, and what it is told of its turn. */
export function createCallOptions(): CallOptions & { readonly turns: readonly (SlotEstimate | null)[] } {
  const turns: (SlotEstimate | null)[] = []
  return { signal: AbortSignal.any([]), remaining: () => 10_000, onQueued: (turn) => turns.push(turn), turns }
}

/** Makes a reading once it is let go. */
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

/** What nobody is to do. */
export async function failOnRead(): Promise<SharedReading> {
  throw new Error('it was made a second time')
}
