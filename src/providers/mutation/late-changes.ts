import { isObject } from '../../is-object.ts'
import type { Clock } from '../../upstream/clock.ts'
import { noteTtl } from '../../upstream/lease-times.ts'
import { idPattern } from '../../upstream/url.ts'

/** What a change takes away: the certificates stop to be active in the place. Both are ids of the vendor. */
export interface TakenAway {
  readonly place: string
  readonly ids: readonly string[]
}

/** A certificate that a change takes away, if it still arrives. */
interface LateChange {
  readonly place: string
  readonly id: string
  /** Wall-clock time at which it was noted. */
  readonly at: number
  /** Milliseconds for which it may arrive. */
  readonly lasts: number
}

/** Milliseconds after the end of a call for which the vendor may still make the change. */
export const arrivalTime = 5 * 60_000
/** More than an account has certificates. The oldest ones are dropped. */
const maxChanges = 500

/**
 * The changes that were sent and may still take effect: their calls were not answered, or the process that sent them has
 * ended. A guard counts what they take away as gone. They are noted at the lease under which changes are sent.
 */
export class LateChanges {
  readonly #clock: Pick<Clock, 'now'>
  #changes: readonly LateChange[]

  /** @param note what is noted at the lease */
  constructor(clock: Pick<Clock, 'now'>, note: string | null) {
    this.#clock = clock
    this.#changes = parseNote(note).filter((change) => this.#isPossible(change))
  }

  /** What they take away from a place. */
  idsIn(place: string): readonly string[] {
    return this.#changes.filter((change) => change.place === place).map(({ id }) => id)
  }

  /** Milliseconds after which none of these can be taken away from the place any more. */
  remaining({ place, ids }: TakenAway): number {
    const ends = this.#changes.filter((change) => isOf(change, { place, ids })).map(({ at, lasts }) => at + lasts)
    return Math.max(0, ...ends) - this.#clock.now()
  }

  /** Forgets what a list has shown to be taken away. */
  settle(taken: TakenAway): void {
    this.#changes = this.#changes.filter((change) => !isOf(change, taken))
  }

  /** The note with a change that is sent, and may arrive for these milliseconds. */
  noteWith({ place, ids }: TakenAway, milliseconds: number): string {
    const at = this.#clock.now()
    const lasts = Math.min(milliseconds, noteTtl)
    const others = this.#changes.filter((change) => !isOf(change, { place, ids }))
    return JSON.stringify([...others, ...ids.map((id) => ({ place, id, at, lasts }))].slice(-maxChanges))
  }

  /** The note without a change that was sent; null when nothing is left. */
  get note(): string | null {
    return this.#changes.length > 0 ? JSON.stringify(this.#changes) : null
  }

  /** A change from the future was noted by another replica, or before the clock was set back. */
  #isPossible({ at, lasts }: LateChange): boolean {
    return Math.abs(this.#clock.now() - at) < lasts
  }
}

function isOf(change: LateChange, { place, ids }: TakenAway): boolean {
  return change.place === place && ids.includes(change.id)
}

/** Whatever else has written it, the vendor's lists decide then. */
function parseNote(note: string | null): readonly LateChange[] {
  if (note === null) return []
  try {
    const changes: unknown = JSON.parse(note)
    return Array.isArray(changes) ? changes.filter(isLateChange) : []
  } catch {
    return []
  }
}

function isLateChange(value: unknown): value is LateChange {
  if (!isObject(value)) return false
  const { place, id, at, lasts } = value
  const areIds = [place, id].every((each) => typeof each === 'string' && idPattern.test(each))
  return areIds && Number.isFinite(at) && typeof lasts === 'number' && lasts <= noteTtl
}
