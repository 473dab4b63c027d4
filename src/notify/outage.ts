import { createHash } from 'node:crypto'

/** An outage of a source that is known. Times are wall-clock times. */
export interface Outage {
  readonly since: number
  /** Whether the endpoint was notified of its begin. */
  readonly isReported: boolean
  /** When the source was last known to be unavailable. */
  readonly lastSeen: number
}

/** The outages by the keys of their sources. */
export type Outages = ReadonlyMap<string, Outage>

/** A short key of a source. */
export const sourceKey = (placeId: string, kind: string): string =>
  createHash('sha256').update(`${placeId} ${kind}`).digest('hex').slice(0, 20)
