import { LRUCache } from 'lru-cache'
import { UpstreamError } from '../upstream/error.ts'
import type { ReadSource } from '../upstream/observer.ts'
import { type FailureReason, toFailureReason } from './failure-reason.ts'

/** More places than a process reads. Callers can name any project of an organization. */
const maxSources = 20_000

/** What identifies a source. */
interface KeyedSource {
  readonly place: Pick<ReadSource['place'], 'readingKey'>
  readonly kind: string
}

/** How often the attempts to read each source failed, by the reason. */
export class SourceErrors {
  readonly #counts = new LRUCache<string, Map<FailureReason, number>>({ maxSize: maxSources, sizeCalculation: () => 1 })

  /** The failed attempts of a source. It is not marked as used. */
  of(source: KeyedSource): Iterable<readonly [FailureReason, number]> {
    return this.#counts.peek(toKey(source)) ?? []
  }

  /** Counts an attempt that failed. While a circuit is open no call is made, so that nothing is counted. */
  count(source: KeyedSource, error: unknown): void {
    if (error instanceof UpstreamError && error.code === 'UPSTREAM_CIRCUIT_OPEN') return
    const key = toKey(source)
    const counts = this.#counts.get(key) ?? new Map<FailureReason, number>()
    const reason = toFailureReason(error)
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
    this.#counts.set(key, counts)
  }
}

function toKey({ place, kind }: KeyedSource): string {
  return `${place.readingKey} ${kind}`
}
