import ms from 'ms'
import type { EndpointState } from './endpoint-state.ts'
import { addToSummary, type NewMessage, toSummaryMessage } from './summary.ts'

/** Messages that an endpoint gets in this many milliseconds. */
const maxMessages = 30
const limitWindow = ms('10m')
/** Milliseconds in which the parts of a summary are collected. */
const summaryDelay = ms('30s')

type QueuedPayload = Pick<NewMessage, 'id' | 'payload'>

interface Changed {
  readonly state: EndpointState
  /** What was added to the queue. */
  readonly added: readonly QueuedPayload[]
}

/** Adds messages, one after another. */
export function addMessages(before: EndpointState, messages: readonly NewMessage[], now: number): Changed {
  const all: QueuedPayload[] = []
  let state = before
  for (const message of messages) {
    const next = addMessage(state, message, now)
    state = next.state
    all.push(...next.added)
  }
  return { state, added: all }
}

/**
 * Adds a message. One slot of the limit is kept for a summary: beyond the others, messages are counted in it. A message in
 * the queue occupies its slot however often it is tried, and so an endpoint that answers again gets no more than the limit.
 */
function addMessage(state: EndpointState, added: NewMessage, now: number): Changed {
  if (state.queue.some(({ id }) => id === added.id)) return { state, added: [] }
  if (state.summary || occupied(state, now) >= maxMessages - 1) {
    const begunAt = state.summary?.begunAt ?? now
    return { state: { ...state, summary: { ...addToSummary(state.summary, added), begunAt } }, added: [] }
  }
  return enqueue(state, added, now)
}

/** Adds the summary to the queue when its time has come and there is a slot. */
export function flushSummary(state: EndpointState, now: number): Changed {
  const at = nextFlush(state, now)
  if (!state.summary || at === null || at > now) return { state, added: [] }
  return enqueue({ ...state, summary: null }, toSummaryMessage(state.summary), now)
}

/** When `flushSummary` may add the summary, while the queue stays as it is; null when it has to wait for the queue. */
export function nextFlush({ summary, queue, ended }: EndpointState, now: number): number | null {
  if (!summary || queue.length >= maxMessages) return null
  const collected = summary.begunAt + summaryDelay
  const counting = ended.filter((at) => at > now - limitWindow).sort((a, b) => a - b)
  const excess = queue.length + counting.length - (maxMessages - 1)
  const freed = excess > 0 ? (counting[excess - 1] ?? now) + limitWindow : now
  return Math.max(collected, freed)
}

/** Removes a message that was delivered or given up. */
export function endMessage(state: EndpointState, id: string, now: number): EndpointState {
  return {
    ...state,
    queue: state.queue.filter((each) => each.id !== id),
    ended: [...state.ended.filter((at) => at > now - limitWindow), now],
  }
}

function occupied({ queue, ended }: EndpointState, now: number): number {
  return queue.length + ended.filter((at) => at > now - limitWindow).length
}

function enqueue(state: EndpointState, queued: QueuedPayload, now: number): Changed {
  const { id, payload } = queued
  const added = { id, type: payload.type, createdAt: now, attempts: 0, nextAt: now }
  return { state: { ...state, queue: [...state.queue, added] }, added: [queued] }
}
