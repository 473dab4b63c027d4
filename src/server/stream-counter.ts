export const endReasons = ['access_lost', 'client_left', 'completed', 'failed', 'not_reading', 'shutdown'] as const
/** Why the stream of a subscription has ended. */
export type EndReason = (typeof endReasons)[number]

/** Counts streams and what they deliver. */
export interface StreamCounter {
  opened(): void
  delivered(): void
  ended(reason: EndReason): void
}
