import type { AttemptResult } from './attempt.ts'
import { backoff, maxMessageAge, maxPause } from './backoff.ts'
import { type EndpointState, newEndpointState, type QueuedMessage } from './endpoint-state.ts'
import { endMessage } from './message-limit.ts'

/** What follows from an attempt. */
export interface Delivery {
  readonly state: EndpointState
  readonly isGivenUp: boolean
  /** Milliseconds until the next attempt; null without one. */
  readonly retryIn: number | null
  /** The number of messages that are not sent any more, because the endpoint has stopped. */
  readonly dropped: number
}

interface AttemptContext {
  /** Monotonic time. */
  readonly now: number
  /** From 0 to 1. */
  readonly random: number
  /** A digest of the settings of the endpoint. */
  readonly settings: string
}

/** Finds out what follows from an attempt: the message has ended, or is tried again. */
export function afterAttempt(
  state: EndpointState,
  message: QueuedMessage,
  result: AttemptResult,
  { now, random, settings }: AttemptContext,
): Delivery {
  const ended = { isGivenUp: false, retryIn: null, dropped: 0 }
  if (result.kind === 'delivered') return { ...ended, state: { ...endMessage(state, message.id, now), failure: null } }
  const { reason: failure } = result
  if (result.kind === 'gone') {
    const { position, lastId, queue, summary } = state
    const stopped = { ...newEndpointState(position), lastId, stoppedWith: settings, failure }
    return { ...ended, state: stopped, dropped: queue.length + (summary?.total ?? 0) }
  }
  const endsAt = message.createdAt + maxMessageAge
  if (now >= endsAt) return { ...ended, isGivenUp: true, state: { ...endMessage(state, message.id, now), failure } }
  const attempts = message.attempts + 1
  // The last attempt is made at the end of the day.
  const nextAt = Math.min(now + backoff(attempts, random), endsAt)
  const queue = state.queue.map((each) => (each.id === message.id ? { ...each, attempts, nextAt } : each))
  const next = { ...state, queue, failure }
  if (!result.retryAfter) return { ...ended, retryIn: nextAt - now, state: next }
  const pausedUntil = now + Math.min(result.retryAfter, maxPause)
  const retryIn = Math.max(nextAt, pausedUntil) - now
  return { ...ended, retryIn, state: { ...next, pausedUntil, pausedWith: settings } }
}
