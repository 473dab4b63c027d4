import { changeKinds } from '../changes/change.ts'

/** What can happen to a source: an outage begins and ends. */
const sourceEventKinds = ['SOURCE_RECOVERED', 'SOURCE_UNAVAILABLE'] as const

/** What an endpoint can be notified of. */
export const eventKinds = [...changeKinds, ...sourceEventKinds] as const
export type EventKind = (typeof eventKinds)[number]

/** The statuses in the order of `minStatus`. */
export const statusOrder = ['OK', 'UNKNOWN', 'WARNING', 'CRITICAL', 'EXPIRED'] as const
