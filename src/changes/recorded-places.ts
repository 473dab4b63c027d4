import type { ExpiryRules } from '../catalog/expiry.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'

/** What the configuration in use says of the places in the history. */
export interface RecordedPlaces {
  readonly expiry: ExpiryRules
  /**
   * Whether a place is configured, or discovered, or may be discovered when its account can be read.
   * @param account the global id of the only account that counts; null, or absent: any
   */
  isCurrent(place: ObservedPlace, account?: string | null): boolean
  /** Milliseconds after the start for which the first reading of a place is waited for; 0 when an attempt has ended. */
  readingWait(place: ObservedPlace): number
}

export interface FollowedPlaces extends RecordedPlaces {
  /** The monotonic time at which the configuration came into use. */
  readonly since: number
}
