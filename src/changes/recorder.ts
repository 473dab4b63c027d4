import type { Logger } from 'pino'
import { type ExpiryRules, type ExpiryThresholds, expiryStatus, thresholdsOf } from '../catalog/expiry.ts'
import { rowsPerLook, type TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import type { HistoryStore } from '../upstream/history-store.ts'
import type {
  ExpectedChange,
  ListedCertificate,
  ListObserver,
  ObservedList,
  ObservedPlace,
} from '../upstream/list-observer.ts'
import { attribute, toNotes, withoutTexts } from './actor-notes.ts'
import { type Baseline, type KeptBaseline, parseHead, toHeadText, toThresholdsText } from './baseline.ts'
import { toChangeText } from './change-text.ts'
import { compareLists, type FoundChange } from './compare-lists.ts'
import { findCrossings } from './crossings.ts'
import type { History } from './history.ts'
import { type ListText, parseListText, toListText } from './list-text.ts'

/** What the configuration in use says of the places in the history. */
export interface RecordedPlaces {
  readonly expiry: ExpiryRules
  /** Whether a place is configured, or discovered, or may be discovered when its account can be read. */
  isCurrent(place: ObservedPlace): boolean
}

/** How often a comparison is repeated because another process was first. */
const maxAttempts = 5
/** The clock of the machine may be set, so a timer is not longer than this. */
const longestTimer = 3_600_000
/** Other processes add baselines, whose thresholds this one has to notice when they end. */
const longestSharedTimer = 300_000
/** Milliseconds that a shutdown waits. What is not recorded then is found after the next start. */
const longestShutdown = 2_000
/** Milliseconds until a crossed threshold that could not be recorded is tried again. */
const retryInterval = 60_000

/** A list whose certificates have been converted. */
interface ReadList extends Omit<ObservedList, 'at' | 'length'> {
  readonly certificates: readonly ListedCertificate[]
  readonly text: ListText
}

/** What was compared with a baseline and is the same. */
interface SeenList {
  readonly version: number
  readonly digest: string
  readonly asOf: number
}

/**
 * Records how the lists of places change, and when certificates cross a threshold. It works in the background, on one place
 * at a time. What it has not finished when the process ends is found by the next comparison.
 */
export class ChangeRecorder implements ListObserver {
  readonly #history: History
  readonly #store: HistoryStore
  readonly #clock: Clock
  readonly #log: Logger
  readonly #timeSlice: TimeSlice
  #places: RecordedPlaces | null = null
  readonly #baselines = new Map<string, KeptBaseline>()
  readonly #seen = new Map<string, SeenList>()
  /** The lists that were read and are not compared yet, by place. */
  readonly #waiting = new Map<string, ObservedList>()
  #work: Promise<void> = Promise.resolve()
  #cancelTimer = () => {}
  #wakeAt = Number.POSITIVE_INFINITY
  #isLoaded = false
  #isClosed = false

  constructor(
    history: History,
    { clock, log, timeSlice }: { readonly clock: Clock; readonly log: Logger; readonly timeSlice: TimeSlice },
  ) {
    this.#history = history
    this.#store = history.store
    this.#clock = clock
    this.#log = log
    this.#timeSlice = timeSlice
  }

  /** Follows the places of a configuration from now on. */
  use(places: RecordedPlaces): void {
    const isFirst = this.#places === null
    this.#places = places
    this.#add(async () => {
      if (isFirst) await this.#history.update()
      await this.#wake()
    })
  }

  listRead(list: ObservedList): void {
    if (this.#isClosed) return
    const { historyKey } = list.place
    const isQueued = this.#waiting.has(historyKey)
    this.#waiting.set(historyKey, list)
    if (isQueued) return
    this.#add(async () => {
      const last = this.#waiting.get(historyKey)
      this.#waiting.delete(historyKey)
      if (last && this.#places?.isCurrent(last.place)) await this.#compare(last, this.#places)
    })
  }

  async expect(changes: readonly ExpectedChange[], actor: string): Promise<void> {
    const now = this.#clock.now()
    for (const [place, ofPlace] of byPlace(changes)) await this.#store.setNotes(place, toNotes(ofPlace, { actor, now }))
  }

  async forget(changes: readonly ExpectedChange[]): Promise<void> {
    for (const [place, ofPlace] of byPlace(changes)) await this.#store.setNotes(place, withoutTexts(ofPlace))
  }

  /** Resolves when the lists that were read until now are compared. */
  settled(): Promise<void> {
    return this.#work
  }

  /** Reads the baselines that another process has made, if one of these places has none here, or none has. */
  async load(places: Iterable<string>): Promise<void> {
    if (!this.#store.isShared) return
    const isMissing = [...places].some((historyKey) => !this.#baselines.has(historyKey))
    if (isMissing || this.#baselines.size === 0) await this.#load()
  }

  async #load(): Promise<void> {
    for (const [historyKey, head] of await this.#store.heads()) {
      if (this.#timeSlice.isOver()) await this.#timeSlice.next()
      const known = this.#baselines.get(historyKey)
      const baseline = known?.version === head.version ? known : parseHead(head)
      if (baseline) this.#baselines.set(historyKey, baseline)
    }
  }

  /** When the lists of a place were recorded first; null when none was. */
  recordedSince(historyKey: string): number | null {
    return this.#baselines.get(historyKey)?.since ?? null
  }

  /** The places that have a baseline. */
  recorded(): readonly ObservedPlace[] {
    return [...this.#baselines].map(([historyKey, baseline]) => toPlace(historyKey, baseline))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer()
    const ended = new AbortController()
    const timeout = this.#clock.sleep(longestShutdown, ended.signal).catch(() => {})
    await Promise.race([this.#work, timeout])
    ended.abort()
  }

  #add(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#log.error({ err: error }, 'changes could not be recorded')
    })
  }

  async #compare(list: ObservedList, places: RecordedPlaces): Promise<void> {
    const { place } = list
    const certificates: ListedCertificate[] = []
    for (let index = 0; index < list.length; index += 1) {
      if (index % rowsPerLook === 0 && this.#timeSlice.isOver()) await this.#timeSlice.next()
      certificates.push(list.at(index))
    }
    const read = { ...list, certificates, text: await toListText(certificates, this.#timeSlice) }
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const stored = await this.#store.head(place.historyKey)
      if (stored === undefined) return
      const baseline = stored && parseHead(stored)
      const isDone = baseline
        ? await this.#compareWith(baseline, read, places)
        : await this.#begin(read, places, { version: stored?.version ?? 0 })
      if (isDone) return
    }
  }

  /** The first list of a place shows no change. */
  #begin(list: ReadList, places: RecordedPlaces, { version }: { readonly version: number }): Promise<boolean> {
    const thresholds = thresholdsOf(places.expiry, list.place.provider)
    return this.#commit(list, { version, since: this.#clock.now(), thresholds, changes: [] })
  }

  /** False when another process was first. */
  async #compareWith(baseline: KeptBaseline, list: ReadList, places: RecordedPlaces): Promise<boolean> {
    const { text, certificates } = list
    const { historyKey, provider } = list.place
    const now = this.#clock.now()
    const seen = this.#seen.get(historyKey)
    const isSeen = seen?.version === baseline.version
    const asOf = isSeen ? Math.max(seen.asOf, baseline.asOf) : baseline.asOf
    this.#keep(historyKey, baseline)
    // A reading that began before the last one. When the clock was set back, the last one seems to be in the future.
    if (list.asOf < asOf && asOf <= now) return true
    const { version } = baseline
    if (text.digest === baseline.digest || (isSeen && seen.digest === text.digest)) {
      this.#seen.set(historyKey, { version, digest: text.digest, asOf: list.asOf })
      return this.#isDue(baseline) ? this.#evaluate(historyKey) : true
    }
    const known = await this.#store.list(historyKey)
    if (known === undefined) return true
    const before = known === null ? null : await parseListText(known, this.#timeSlice)
    if (!before) return this.#begin(list, places, { version })
    const compared = await compareLists(before, certificates, { at: now, timeSlice: this.#timeSlice })
    const thresholds = thresholdsOf(places.expiry, provider)
    if (compared.isSame && !this.#isDue(baseline)) {
      this.#seen.set(historyKey, { version, digest: text.digest, asOf: list.asOf })
      return true
    }
    const crossed = await this.#findCrossed(baseline, before, { now, thresholds })
    const { since, evaluatedAt } = baseline
    const next = { ...list, certificates: compared.list, text: await toListText(compared.list, this.#timeSlice) }
    const changes = [...crossed, ...compared.changes]
    return this.#commit(next, { version, since, thresholds, evaluatedAt, changes, lastAsOf: asOf })
  }

  async #commit(
    { place, asOf, certificates, text: { text, digest } }: ReadList,
    {
      version,
      since,
      thresholds,
      changes,
      evaluatedAt = 0,
      lastAsOf = null,
    }: {
      readonly version: number
      readonly since: number
      readonly thresholds: ExpiryThresholds
      readonly changes: readonly FoundChange[]
      readonly evaluatedAt?: number
      readonly lastAsOf?: number | null
    },
  ): Promise<boolean> {
    const now = Math.max(this.#clock.now(), evaluatedAt)
    const next = await this.#nextCrossing(certificates, thresholds, now)
    const baseline: Baseline = {
      provider: place.provider,
      placeId: place.id,
      placeVendorId: place.vendorId,
      since,
      asOf,
      digest,
      evaluatedAt: now,
      thresholds,
      next,
    }
    return this.#write(place, { version, baseline, list: text, changes, lastAsOf })
  }

  async #write(
    place: ObservedPlace,
    {
      version,
      baseline,
      list,
      changes,
      lastAsOf = null,
    }: {
      readonly version: number
      readonly baseline: Baseline
      readonly list: string | null
      readonly changes: readonly FoundChange[]
      /** The time of the last list that did not show the changes; null where no write makes them. */
      readonly lastAsOf?: number | null
    },
  ): Promise<boolean> {
    const { historyKey, provider } = place
    const mayBeOwn = lastAsOf !== null && changes.length > 0
    const notes = mayBeOwn ? await this.#store.notes(historyKey) : new Map<string, string>()
    const { actors, usedNotes } = attribute(changes, notes, { now: this.#clock.now(), lastAsOf: lastAsOf ?? 0 })
    const isCommitted = await this.#history.commit({
      place: historyKey,
      version,
      head: toHeadText(baseline),
      list,
      usedNotes,
      changes: changes.map((change, index) =>
        toChangeText({
          ...change,
          historyKey,
          provider,
          placeId: place.id,
          placeVendorId: place.vendorId,
          actor: actors[index] ?? null,
        }),
      ),
    })
    if (isCommitted) this.#keep(historyKey, { ...baseline, version: version + 1 })
    return isCommitted
  }

  /** Records the thresholds that were crossed since the last time. False when another process was first. */
  async #evaluate(historyKey: string): Promise<boolean> {
    const stored = await this.#store.head(historyKey)
    const baseline = stored && parseHead(stored)
    if (!baseline || !this.#places) return true
    this.#keep(historyKey, baseline)
    if (!this.#isDue(baseline)) return true
    const text = await this.#store.list(historyKey)
    const certificates = text ? await parseListText(text, this.#timeSlice) : null
    if (!certificates) return true
    const now = Math.max(this.#clock.now(), baseline.evaluatedAt)
    const thresholds = thresholdsOf(this.#places.expiry, baseline.provider)
    const changes = await this.#findCrossed(baseline, certificates, { now, thresholds })
    const next = await this.#nextCrossing(certificates, thresholds, now)
    const { version, ...rest } = baseline
    return this.#write(toPlace(historyKey, baseline), {
      version,
      baseline: { ...rest, evaluatedAt: now, thresholds, next },
      list: null,
      changes,
    })
  }

  /**
   * The thresholds that were crossed since the last time, with those that applied then. When they have changed, a certificate
   * that has already passed the new ones gives no change, unless it has passed the old ones too.
   */
  async #findCrossed(
    { evaluatedAt, thresholds: before, provider }: KeptBaseline,
    certificates: readonly ListedCertificate[],
    { now, thresholds }: { readonly now: number; readonly thresholds: ExpiryThresholds },
  ): Promise<readonly FoundChange[]> {
    const { changes } = await findCrossings(certificates, before, { after: evaluatedAt, until: now }, this.#timeSlice)
    if (changes.length === 0 || toThresholdsText(before) === toThresholdsText(thresholds)) return changes
    const byId = new Map(certificates.map((certificate) => [certificate.id, certificate]))
    return changes.filter(({ certificateId, expiryStatus: status }) => {
      const certificate = byId.get(certificateId)
      const reached = certificate && expiryStatus({ ...certificate, provider }, now, thresholds)
      return severity(reached) >= severity(status)
    })
  }

  async #nextCrossing(
    certificates: readonly ListedCertificate[],
    thresholds: ExpiryThresholds,
    now: number,
  ): Promise<number | null> {
    return (await findCrossings(certificates, thresholds, { after: now, until: now }, this.#timeSlice)).next
  }

  /** Whether thresholds were crossed, or are others than before. */
  #isDue({ next, thresholds, provider }: Baseline): boolean {
    if (!this.#places) return false
    if (next !== null && next <= this.#clock.now()) return true
    return toThresholdsText(thresholds) !== toThresholdsText(thresholdsOf(this.#places.expiry, provider))
  }

  #keep(historyKey: string, baseline: KeptBaseline): void {
    this.#baselines.set(historyKey, baseline)
    if (baseline.next !== null && baseline.next < this.#wakeAt) this.#schedule(baseline.next)
  }

  #schedule(at: number): void {
    if (this.#isClosed) return
    this.#cancelTimer()
    this.#wakeAt = at
    const longest = this.#store.isShared ? longestSharedTimer : longestTimer
    if (at === Number.POSITIVE_INFINITY && !this.#store.isShared) return
    const wait = Math.min(Math.max(at - this.#clock.now(), 0), longest)
    this.#cancelTimer = this.#clock.timer(wait, () => this.#add(() => this.#wake()))
  }

  /** Records what has been crossed, in all places, and sets the timer for the next moment. */
  async #wake(): Promise<void> {
    if (this.#isClosed) return
    // Another process may have added some.
    if (!this.#isLoaded || this.#store.isShared) await this.#load()
    this.#isLoaded = true
    const now = this.#clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const [historyKey, baseline] of this.#baselines) {
      if (this.#timeSlice.isOver()) await this.#timeSlice.next()
      if (this.#isDue(baseline)) {
        const isCurrent = this.#places?.isCurrent(toPlace(historyKey, baseline))
        if (!isCurrent) next = Math.min(next, now + longestTimer)
        else if (!(await this.#evaluate(historyKey))) next = Math.min(next, now + retryInterval)
      }
      const at = this.#baselines.get(historyKey)?.next ?? null
      if (at !== null && at > now) next = Math.min(next, at)
    }
    await this.#history.removeOld()
    this.#schedule(next)
  }
}

function toPlace(historyKey: string, { provider, placeId, placeVendorId }: Baseline): ObservedPlace {
  return { historyKey, provider, id: placeId, vendorId: placeVendorId }
}

const severities = ['UNKNOWN', 'OK', 'WARNING', 'CRITICAL', 'EXPIRED']

function severity(status: string | null | undefined): number {
  return severities.indexOf(status ?? 'UNKNOWN')
}

function byPlace(changes: readonly ExpectedChange[]): ReadonlyMap<string, readonly ExpectedChange[]> {
  const places = new Map<string, ExpectedChange[]>()
  for (const change of changes) {
    places.set(change.historyKey, [...(places.get(change.historyKey) ?? []), change])
  }
  return places
}
