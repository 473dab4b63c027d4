import type { ExpiryStatus } from '../catalog/expiry.ts'
import { statusRank } from './event.ts'
import { type Payload, toIsoTime } from './payload.ts'

/** A message that is to be sent, with what a summary says of it. */
export interface NewMessage {
  readonly id: string
  readonly payload: Payload
  /** Null for the source events. */
  readonly status: ExpiryStatus | null
  /** Wall-clock time of the event. */
  readonly at: number
}

/** What is said of messages that are more than an endpoint may get. */
export interface Summary {
  /** By type. */
  readonly counts: Readonly<Record<string, number>>
  readonly total: number
  readonly worstStatus: ExpiryStatus | null
  /** Wall-clock times of the first and the last event. */
  readonly since: number
  readonly until: number
  /** Made of the id of the first message. */
  readonly id: string
  /** The only message; null when there are several. It is then sent in place of a summary. */
  readonly only: NewMessage | null
}

/** Adds a message to a summary. */
export function addToSummary(summary: Summary | null, message: NewMessage): Summary {
  const { payload, status, at } = message
  if (!summary) {
    const worstStatus = status
    return {
      counts: { [payload.type]: 1 },
      total: 1,
      worstStatus,
      since: at,
      until: at,
      id: `${message.id}_more`,
      only: message,
    }
  }
  const { counts, worstStatus: worst } = summary
  const isWorse = status !== null && (worst === null || statusRank(status) > statusRank(worst))
  return {
    counts: { ...counts, [payload.type]: (counts[payload.type] ?? 0) + 1 },
    total: summary.total + 1,
    worstStatus: isWorse ? status : worst,
    since: Math.min(summary.since, at),
    until: Math.max(summary.until, at),
    id: summary.id,
    only: null,
  }
}

/** The message for a summary. */
export function toSummaryMessage(summary: Summary): Pick<NewMessage, 'id' | 'payload'> {
  const { counts, total, worstStatus, since, until, id, only } = summary
  if (only) return only
  const data = { total, counts, worstStatus, since: toIsoTime(since), until: toIsoTime(until) }
  return { id, payload: { type: 'changes.summary', timestamp: toIsoTime(until), data } }
}
