import { getHeapStatistics } from 'node:v8'
import { LRUCache } from 'lru-cache'
import type { TimeSlice } from '../time-slice.ts'
import type { HistoryStore } from '../upstream/history-store.ts'
import type { ListedCertificate, ListedCertificates, ObservedList } from '../upstream/list-observer.ts'
import type { Baseline } from './baseline.ts'
import { parseListText } from './list-text.ts'

/**
 * As many rows as the four kinds of readings with certificates may hold, at a kilobyte each. What they do not hold any more
 * is held here.
 */
const maxRows = Math.floor(getHeapStatistics().heap_size_limit / 3 / 1_000)

/** The last list of a place that this process has compared. */
export interface LastList {
  readonly list: ObservedList
  /** By index, the certificates that have something that it does not say, and that was known before. */
  readonly completed: ReadonlyMap<number, ListedCertificate>
}

interface RememberedList extends LastList, Pick<Baseline, 'since' | 'digest'> {}

/**
 * The lists that the next ones are compared with. The last one of each place that this process has read is remembered: its
 * rows are those of the cached reading. The text in the store is read when there is none, as after a restart. A store that
 * nothing outlives has no texts.
 */
export class LastLists {
  readonly #store: HistoryStore
  readonly #timeSlice: TimeSlice
  readonly #lists = new LRUCache<string, RememberedList>({
    maxSize: maxRows,
    sizeCalculation: ({ list }) => Math.min(maxRows, 1 + list.length),
  })

  constructor(store: HistoryStore, timeSlice: TimeSlice) {
    this.#store = store
    this.#timeSlice = timeSlice
  }

  /** Remembers a list that says the same as the one of the baseline. */
  set(historyKey: string, { since, digest }: Baseline, last: LastList): void {
    this.#lists.set(historyKey, { ...last, since, digest })
  }

  /** The remembered list, unless another process has recorded another one since. */
  get(historyKey: string, { since, digest }: Baseline): LastList | null {
    const last = this.#lists.get(historyKey)
    return last?.since === since && last.digest === digest ? last : null
  }

  /** The certificates of the baseline. Null when there are none. Undefined when they cannot be read. */
  async read(historyKey: string, baseline: Baseline): Promise<ListedCertificates | null | undefined> {
    const last = this.get(historyKey, baseline)
    if (last) return toCompleted(last)
    if (baseline.digest === null) return null
    const text = await this.#store.list(historyKey)
    if (typeof text !== 'string') return text
    const certificates = await parseListText(text, this.#timeSlice)
    return certificates && fromArray(certificates)
  }
}

/** The list with what was known before. */
export function toCompleted({ list, completed }: LastList): ListedCertificates {
  if (completed.size === 0) return list
  return {
    length: list.length,
    at: (index) => completed.get(index) ?? list.at(index),
    datesAt: (index) => completed.get(index) ?? list.datesAt(index),
  }
}

function fromArray(certificates: readonly ListedCertificate[]): ListedCertificates {
  const at = (index: number) => certificates[index] as ListedCertificate
  return { length: certificates.length, at, datesAt: at }
}
