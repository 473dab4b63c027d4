import TinyQueue from 'tinyqueue'
import { Listeners } from '../listeners.ts'
import type { Operation } from '../operation.ts'
import { perOperation } from '../per-operation.ts'
import { SharedTimeSlice } from '../shared-time-slice.ts'
import type { TimeSlice } from '../time-slice.ts'
import { untilBegun } from '../until-begun.ts'
import type { Clock } from '../upstream/clock.ts'
import type { UpstreamObserver } from '../upstream/observer.ts'
import { adoptReadings } from './adopted-readings.ts'
import { CatalogueVersion, type PlaceState } from './catalogue-version.ts'
import { hasMaxStaleness } from './max-staleness.ts'
import type { CertificateHolder, SearchResult, Source } from './place.ts'
import { settleCertificates, settledNow } from './source.ts'

/** What an operation has read. */
export interface CatalogueReading {
  readonly version: CatalogueVersion
  /** The reports on the discoveries. */
  readonly discoveries: readonly Source[]
}

/** How the places of a catalogue are found, for a caller who may see all of them. */
export interface CataloguePlaces {
  /** The places as last discovered; null when a discovery may have to wait. The same array while there is no change. */
  findKept(operation: Operation): SearchResult<CertificateHolder> | null
  /** Discovers the places, and begins to read them. */
  find(operation: Operation): Promise<SearchResult<CertificateHolder>>
}

interface DueReading {
  readonly readingKey: string
  /** Monotonic time. */
  readonly at: number
}

/**
 * The lists of all places of a vendor, for callers who may see all places, as one list. Only places whose reading has
 * changed, is due or has failed are looked at again.
 */
export class Catalogue {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #found: CataloguePlaces
  readonly #observer: UpstreamObserver | undefined
  #version = CatalogueVersion.empty
  /** The places of the last version. */
  readonly #places = new Map<string, CertificateHolder>()
  /** Those that every operation has to look at. */
  readonly #unsettled = new Map<string, CertificateHolder>()
  readonly #subscriptions = new Map<string, () => void>()
  /** Until when the reading of each other place is served to every operation. */
  readonly #freshUntil = new Map<string, number>()
  /** Called when one of these readings has changed or is due. */
  readonly #listeners = new Listeners()
  readonly #due = new TinyQueue<DueReading>([], (a, b) => a.at - b.at)
  #updated: Promise<unknown> = Promise.resolve()
  /** The times for the updates that have not ended. */
  readonly #updates = new Set<SharedTimeSlice>()

  /**
   * Reads all places, once per operation. Null for an operation with a `maxStaleness`, or whose caller may not see all places:
   * another caller's readings do not serve it.
   */
  readonly read = perOperation((operation) => this.#read(operation))

  constructor(clock: Pick<Clock, 'elapsed'>, found: CataloguePlaces, observer?: UpstreamObserver) {
    this.#clock = clock
    this.#observer = observer
    this.#found = found
  }

  async #read(operation: Operation): Promise<CatalogueReading | null> {
    if (operation.caller.places !== null || hasMaxStaleness(operation)) return null
    const { items, sources } = this.#found.findKept(operation) ?? (await this.#found.find(operation))
    // The other readings report to the answer that they are part of it.
    this.#expire()
    operation.basis?.dependOn(this.#listeners.subscribe)
    const read = new Map<string, PlaceState>()
    let version: CatalogueVersion | null = null
    while (version === null) {
      for (let places = this.#toRead(items, read); places.length > 0; places = this.#toRead(items, read)) {
        await settle(operation, places, read)
      }
      version =
        read.size === 0 && items === this.#version.places ? this.#version : await this.#update(items, read, operation)
    }
    if (operation.cause) this.#observer?.readingsServed('fresh', version.states.length - read.size)
    const due = this.#due.peek()
    if (due) operation.basis?.expireAt(due.at)
    adoptReadings(operation, (readingKey) => version.stateOf(readingKey)?.reading ?? null)
    return { version, discoveries: sources }
  }

  /** The places that have to be read and are not. */
  #toRead(items: readonly CertificateHolder[], read: ReadonlyMap<string, PlaceState>): readonly CertificateHolder[] {
    this.#expire()
    const places = items === this.#version.places ? [...this.#unsettled.values()] : items
    return places.filter(({ readingKey }) => !this.#freshUntil.has(readingKey) && !read.has(readingKey))
  }

  #expire(): void {
    const now = this.#clock.elapsed()
    for (let next = this.#due.peek(); next && next.at <= now; next = this.#due.peek()) {
      this.#due.pop()
      if (this.#freshUntil.get(next.readingKey) === next.at) this.#unsettle(next.readingKey)
    }
  }

  #unsettle(readingKey: string): void {
    if (this.#freshUntil.delete(readingKey)) this.#listeners.notify()
    const place = this.#places.get(readingKey)
    if (!place) return
    this.#unsettled.set(readingKey, place)
    if (isEvicted(place, this.#version)) this.#release()
  }

  /** Ends the subscriptions: the program uses another catalogue. */
  close(): void {
    this.#release()
  }

  /** The cache has no room for all readings: they are not kept here either. */
  #release(): void {
    for (const unsubscribe of this.#subscriptions.values()) unsubscribe()
    this.#subscriptions.clear()
    this.#freshUntil.clear()
    this.#unsettled.clear()
    this.#places.clear()
    this.#version = CatalogueVersion.empty
    this.#listeners.notify()
  }

  /** Makes the next version, after those that other operations make. Null when the operation has to read more places. */
  #update(
    items: readonly CertificateHolder[],
    read: ReadonlyMap<string, PlaceState>,
    operation: Operation,
  ): Promise<CatalogueVersion | null> {
    const timeSlice = new SharedTimeSlice(operation.timeSlice)
    for (const before of this.#updates) before.join(operation.timeSlice)
    this.#updates.add(timeSlice)
    const updated = this.#updated
      .then(() => this.#updateNow(items, read, timeSlice))
      .finally(() => this.#updates.delete(timeSlice))
    this.#updated = updated.catch(() => {})
    return updated
  }

  async #updateNow(
    items: readonly CertificateHolder[],
    read: ReadonlyMap<string, PlaceState>,
    timeSlice: TimeSlice,
  ): Promise<CatalogueVersion | null> {
    const changed = new Map<string, PlaceState>()
    for (const [key, state] of read) {
      const known = this.#version.stateOf(key)
      // Another operation may have read it later.
      if (!known || (!this.#freshUntil.has(key) && !isSame(known, state))) changed.set(key, state)
    }
    const before = this.#version
    const isKnown =
      items === before.places || items.every(({ readingKey: key }) => changed.has(key) || before.stateOf(key))
    // Readings that the operation relied on were released.
    if (!isKnown && before === CatalogueVersion.empty) return null
    // Another operation may have found other places later.
    const places = isKnown ? items : before.places
    if (!isKnown) for (const key of changed.keys()) if (!before.stateOf(key)) changed.delete(key)
    if (changed.size > 0 || places !== before.places) {
      const version = await before.next(places, changed, timeSlice)
      // All readings may have been released meanwhile.
      if (places !== this.#version.places) this.#watch(version)
      this.#version = version
    }
    for (const key of read.keys()) this.#settle(key)
    const updated = this.#version
    // A reading may have been evicted before it was subscribed to.
    if ([...this.#unsettled.values()].some((place) => isEvicted(place, updated))) this.#release()
    return updated
  }

  #watch(version: CatalogueVersion): void {
    for (const [key, unsubscribe] of this.#subscriptions) {
      if (version.stateOf(key)) continue
      unsubscribe()
      this.#subscriptions.delete(key)
      this.#freshUntil.delete(key)
      this.#unsettled.delete(key)
      this.#places.delete(key)
    }
    for (const place of version.places) {
      const { readingKey } = place
      this.#places.set(readingKey, place)
      if (this.#unsettled.has(readingKey) || !this.#subscriptions.has(readingKey))
        this.#unsettled.set(readingKey, place)
      if (this.#subscriptions.has(readingKey)) continue
      this.#subscriptions.set(
        readingKey,
        place.onReadingChange(() => this.#unsettle(readingKey)),
      )
    }
  }

  /** Records that no operation has to look at the place, as long as its reading is served to all. */
  #settle(readingKey: string): void {
    const place = this.#unsettled.get(readingKey)
    const reading = this.#version.stateOf(readingKey)?.reading
    const at = place && reading ? place.freshUntil(reading) : null
    if (at === null) return
    this.#unsettled.delete(readingKey)
    this.#freshUntil.set(readingKey, at)
    this.#due.push({ readingKey, at })
  }
}

/** Adds the states of the places. Those that are kept take no promise. */
async function settle(
  operation: Operation,
  places: readonly CertificateHolder[],
  read: Map<string, PlaceState>,
): Promise<void> {
  const pending: Promise<void>[] = []
  for (const place of places) {
    const kept = place.readKept(operation)
    if (kept) read.set(place.readingKey, settledNow(place, kept))
    else {
      const settled = settleCertificates(place, place.read(operation)).then((state) => {
        read.set(place.readingKey, state)
      })
      // It may reject before all have begun.
      settled.catch(() => {})
      pending.push(settled)
      // Most of the work of a reading that begins comes after its first promise.
      await untilBegun()
      if (operation.timeSlice.isOver()) await operation.timeSlice.next()
    }
  }
  if (pending.length > 0) await Promise.all(pending)
}

function isEvicted(place: CertificateHolder, version: CatalogueVersion): boolean {
  const hasReading = Boolean(version.stateOf(place.readingKey)?.reading)
  return hasReading && place.lastList() === null
}

/** The error of an attempt is the same object until another attempt has failed, or a second has passed. */
function isSame(a: PlaceState, b: PlaceState): boolean {
  return a.reading?.value === b.reading?.value && a.source.error === b.source.error
}
