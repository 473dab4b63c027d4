import { LRUCache } from 'lru-cache'
import { UpstreamError } from '../upstream/error.ts'
import type { MadeReading, ReadSource } from '../upstream/observer.ts'
import { type FailureReason, toFailureReason } from './failure-reason.ts'

/** How the readings of one source went. */
export interface SourceState {
  /** Whether the last attempt succeeded. */
  isUp: boolean
  /** Monotonic time until which the source counts as one that something reads. */
  activeUntil: number
  /** The last reading; null when there was none. */
  reading: MadeReading | null
  /** The failed attempts. */
  readonly failures: Map<FailureReason, number>
}

/** More places than a process reads. Callers can name any project of an organization. */
const maxSources = 20_000

/** The states of all sources: of each place and each kind of list that is read of it. */
export class SourceStates {
  readonly #states = new LRUCache<string, SourceState>({ maxSize: maxSources, sizeCalculation: () => 1 })

  /** The state of a source; undefined when there was no attempt. It is not marked as used. */
  get({ place, kind }: KeyedSource): SourceState | undefined {
    return this.#states.peek(toKey(place.readingKey, kind))
  }

  recordReading(source: ReadSource, reading: MadeReading): void {
    const state = this.#stateOf(source)
    state.isUp = true
    state.reading = reading
    state.activeUntil = reading.freshUntil
  }

  /** Records an attempt that failed. While a circuit is open no call is made, so that nothing is counted. */
  recordFailure(source: ReadSource, error: unknown, activeUntil: number): void {
    const state = this.#stateOf(source)
    state.isUp = false
    state.activeUntil = activeUntil
    if (error instanceof UpstreamError && error.code === 'UPSTREAM_CIRCUIT_OPEN') return
    const reason = toFailureReason(error)
    state.failures.set(reason, (state.failures.get(reason) ?? 0) + 1)
  }

  #stateOf({ place, kind }: ReadSource): SourceState {
    const key = toKey(place.readingKey, kind)
    const known = this.#states.get(key)
    if (known) return known
    const state: SourceState = { isUp: false, activeUntil: 0, reading: null, failures: new Map() }
    this.#states.set(key, state)
    return state
  }
}

/** What identifies a source. */
interface KeyedSource {
  readonly place: Pick<ReadSource['place'], 'readingKey'>
  readonly kind: string
}

function toKey(readingKey: string, kind: string): string {
  return `${readingKey} ${kind}`
}
