import { DuplicateIndex, type Duplicates } from '../catalog/duplicate-index.ts'
import { SharedValue } from '../catalog/shared-value.ts'
import type { Operation } from '../operation.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { CatalogueVersion, ListReading, Rows } from './catalogue-version.ts'
import type { PlacedCertificate } from './place.ts'

type Index = DuplicateIndex<PlacedCertificate, ListReading>

/** The rows of some catalogues, as one operation has read them. */
interface CatalogueRows {
  readonly versions: readonly CatalogueVersion[]
  /** The vendors whose catalogues they are; null: all. */
  readonly providers: readonly string[] | null
  readonly rows: Rows
}

/** The index of some versions. */
interface KeptIndex {
  readonly versions: readonly CatalogueVersion[]
  get(timeSlice: TimeSlice): Index | Promise<Index>
  /** The deadline of the last operation that has used it. */
  usedUntil: number
}

/** An index takes about 80 bytes per certificate. */
const maxKept = 2
/** Milliseconds for which an index is kept that is not used: it keeps the lists that it was made of. */
const maxUnused = 60_000

/** The certificates that several places hold, by the catalogues that they are in. Only what has changed of a catalogue is indexed again. */
export class CatalogueDuplicates {
  readonly #kept = new Map<string, KeptIndex>()

  /** The duplicates among the rows of these versions, ordered by fingerprint. */
  async find(
    { versions, providers, rows }: CatalogueRows,
    { deadline, timeSlice }: Pick<Operation, 'deadline' | 'timeSlice'>,
  ): Promise<readonly Duplicates<PlacedCertificate, ListReading>[]> {
    const vendors = providers ? [...new Set(providers)].sort().join(' ') : 'all'
    const name = `${rows} ${vendors}`
    const last = this.#kept.get(name)
    const isSame = last?.versions.every((version, index) => version === versions[index])
    const kept = last && isSame ? last : keepIndex(versions, rows, last)
    kept.usedUntil = deadline
    this.#kept.delete(name)
    this.#kept.set(name, kept)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest)
    return (await kept.get(timeSlice)).duplicates
  }

  /** Forgets what was not used lately. To be called by the operations that make new versions. */
  release({ deadline }: Pick<Operation, 'deadline'>): void {
    for (const [name, { usedUntil }] of this.#kept) if (deadline - usedUntil > maxUnused) this.#kept.delete(name)
  }
}

/** Makes an index of the one before. Operations that need it meanwhile wait for it. */
function keepIndex(versions: readonly CatalogueVersion[], rows: Rows, last: KeptIndex | undefined): KeptIndex {
  const index = new SharedValue<Index>()
  let before = last
  const make = async (timeSlice: TimeSlice) => {
    const base = before ? await before.get(timeSlice) : new DuplicateIndex<PlacedCertificate, ListReading>()
    const changes = versions.map((version, each) => version.changesSince(before?.versions[each], rows))
    const made = await base.replace(
      changes.flatMap(({ removed }) => removed),
      changes.flatMap(({ added }) => added),
      timeSlice,
    )
    before = undefined
    return made
  }
  return { versions, get: (timeSlice) => index.get(timeSlice, make), usedUntil: 0 }
}
