import type { ExpiryThresholds } from '../catalog/expiry.ts'
import { isObject } from '../is-object.ts'
import { maxSkew } from '../upstream/clock.ts'
import type { StoredHead } from '../upstream/history-store.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import { toAsciiJson } from './list-text.ts'

/** What is known of a place besides the list that the next one is compared with. Times are wall-clock times. */
export interface Baseline {
  readonly provider: string
  /** Global id. */
  readonly placeId: string
  readonly placeVendorId: string
  /** The account that the lists are read through. Another one that reaches the place may see a part of it only. */
  readonly account: string | null
  /** When the first list was recorded. */
  readonly since: number
  /** The time of the list; 0 when it is not known. */
  readonly asOf: number
  /** The digest of the list in the store; null when the store has no lists. */
  readonly digest: string | null
  /** Since when the place is neither configured nor discovered; absent while it is. */
  readonly absentSince?: number
  /** Until when crossed thresholds were recorded. */
  readonly evaluatedAt: number
  /** The thresholds with which that was done. */
  readonly thresholds: ExpiryThresholds
  /** The first moment after that at which one is crossed; null when there is none. */
  readonly next: number | null
}

/** A baseline that is in the store. */
export interface KeptBaseline extends Baseline {
  /** 0 before the first one. */
  readonly version: number
}

export function toHeadText(baseline: Baseline): string {
  return toAsciiJson(baseline)
}

/** Null when the text is not one of this program. */
export function parseHead({ version, text }: StoredHead): KeptBaseline | null {
  try {
    const parsed: unknown = JSON.parse(text)
    // The rest was written with it.
    if (isObject(parsed) && 'digest' in parsed) return { ...(parsed as unknown as Baseline), version }
  } catch {
    // Another program wrote it.
  }
  return null
}

/**
 * The time of an evaluation. The clock of the replica that made the last one may be a little ahead: what it has evaluated is
 * not evaluated again.
 */
export function toEvaluationTime({ evaluatedAt }: Pick<Baseline, 'evaluatedAt'>, now: number): number {
  return Math.max(now, evaluatedAt)
}

/** Whether one of its times is in the future: a wall clock was ahead when it was written, or is behind now. */
export function isAhead({ since, asOf, evaluatedAt, absentSince = 0 }: Baseline, now: number): boolean {
  return Math.max(since, asOf, evaluatedAt, absentSince) > now + maxSkew
}

/**
 * The baseline without times in the future, so that what comes until then is not taken for what was evaluated. When the list
 * was read is not known: the next one is newer.
 */
export function toPresent(baseline: KeptBaseline, now: number): KeptBaseline {
  const { since, asOf, evaluatedAt, absentSince } = baseline
  return {
    ...baseline,
    since: Math.min(since, now),
    asOf: asOf > now ? 0 : asOf,
    evaluatedAt: Math.min(evaluatedAt, now),
    ...(absentSince !== undefined && { absentSince: Math.min(absentSince, now) }),
  }
}

export function toPlace(historyKey: string, { provider, placeId, placeVendorId }: Baseline): ObservedPlace {
  return { historyKey, provider, id: placeId, vendorId: placeVendorId }
}

/** The thresholds as they are kept: equal ones have the same text. */
export function toThresholdsText({ critical, warning, lifetime = null }: ExpiryThresholds): string {
  const shares =
    lifetime && [lifetime.critical, lifetime.warning].map(({ numerator, denominator }) => [numerator, denominator])
  return JSON.stringify([critical, warning, shares])
}
