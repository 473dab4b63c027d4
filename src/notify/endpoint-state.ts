import { z } from 'zod'
import { expiryStatuses } from '../catalog/expiry.ts'
import { type Clock, toElapsed, toWallTime } from '../upstream/clock.ts'
import { longestBackoff, maxPause } from './backoff.ts'
import type { Summary } from './summary.ts'

/** A message that waits for an attempt. Times are monotonic. */
export interface QueuedMessage {
  readonly id: string
  readonly type: string
  readonly createdAt: number
  readonly attempts: number
  readonly nextAt: number
}

/** What is kept of an endpoint when the process ends. Times are monotonic, besides those in `summary`. */
export interface EndpointState {
  /** The sequence of the last change that was looked at. */
  readonly position: number
  /** Its id, which tells whether the history is still the same one; null when no change was looked at yet. */
  readonly lastId: string | null
  readonly queue: readonly QueuedMessage[]
  /** When messages were delivered or given up, for the limit. */
  readonly ended: readonly number[]
  /** What there is besides the messages, and when the first part of it came. */
  readonly summary: (Summary & { readonly begunAt: number }) | null
  /** No attempt begins before, because the receiver has asked for it. Null: at any time. */
  readonly pausedUntil: number | null
  /** A digest of the settings with which it asked for that. */
  readonly pausedWith: string | null
  /** A digest of the settings with which the receiver answered 410. Null: it has not. */
  readonly stoppedWith: string | null
  /** Why the last attempt failed; null when it succeeded, or there was none. */
  readonly failure: string | null
}

export const newEndpointState = (position: number): EndpointState => ({
  position,
  lastId: null,
  queue: [],
  ended: [],
  summary: null,
  pausedUntil: null,
  pausedWith: null,
  stoppedWith: null,
  failure: null,
})

const payload = z.object({ type: z.string(), timestamp: z.string(), data: z.record(z.string(), z.unknown()) })
const status = z.enum(expiryStatuses).nullable()
const message = z.object({ id: z.string(), payload, status, at: z.number() })
const keptState = z.object({
  version: z.literal(1),
  position: z.number(),
  lastId: z.string().nullable(),
  queue: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      createdAt: z.number(),
      attempts: z.number(),
      nextAt: z.number(),
    }),
  ),
  ended: z.array(z.number()),
  summary: z
    .object({
      counts: z.record(z.string(), z.number()),
      total: z.number(),
      worstStatus: status,
      since: z.number(),
      until: z.number(),
      id: z.string(),
      only: message.nullable(),
      begunAt: z.number(),
    })
    .nullable(),
  pausedUntil: z.number().nullable(),
  pausedWith: z.string().nullable().default(null),
  stoppedWith: z.string().nullable(),
  failure: z.string().nullable().default(null),
})

/** The text that is kept, with wall-clock times: another process has another monotonic clock. */
export function printState(state: EndpointState, clock: Clock): string {
  const wall = (elapsed: number) => toWallTime(clock, elapsed)
  return JSON.stringify({
    version: 1,
    position: state.position,
    lastId: state.lastId,
    queue: state.queue.map((each) => ({ ...each, createdAt: wall(each.createdAt), nextAt: wall(each.nextAt) })),
    ended: state.ended.map(wall),
    summary: state.summary && { ...state.summary, begunAt: wall(state.summary.begunAt) },
    pausedUntil: state.pausedUntil === null ? null : wall(state.pausedUntil),
    pausedWith: state.pausedWith,
    stoppedWith: state.stoppedWith,
    failure: state.failure,
  } satisfies z.input<typeof keptState>)
}

/**
 * Null when the text is not what `printState` writes. The wall clock may have been set back since: what has happened is in the
 * past, and no wait is longer than the longest one.
 */
export function parseState(text: string, clock: Clock): EndpointState | null {
  const { data } = keptState.safeParse(parseJson(text))
  if (!data) return null
  const now = clock.elapsed()
  const within = (wait: number) => (wallTime: number) => Math.min(toElapsed(clock, wallTime), now + wait)
  const past = within(0)
  return {
    position: data.position,
    lastId: data.lastId,
    queue: data.queue.map((each) => ({
      ...each,
      createdAt: past(each.createdAt),
      nextAt: within(longestBackoff(each.attempts))(each.nextAt),
    })),
    ended: data.ended.map(past),
    summary: data.summary && { ...data.summary, begunAt: past(data.summary.begunAt) },
    pausedUntil: data.pausedUntil === null ? null : within(maxPause)(data.pausedUntil),
    pausedWith: data.pausedWith,
    stoppedWith: data.stoppedWith,
    failure: data.failure,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
