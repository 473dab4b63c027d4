import type { Operation } from '../operation.ts'
import { responseTime } from '../response-time.ts'
import type { ChangeLog } from '../upstream/cache/change-log.ts'
import type { Reading, ReadingState, ReadingTask, Rows } from '../upstream/cache/reading.ts'
import { ReadingCache } from '../upstream/cache/reading-cache.ts'
import type { RefreshSchedule } from '../upstream/cache/refresh-schedule.ts'
import type { CallContext } from '../upstream/call/context.ts'
import { KeptMembers } from '../upstream/call/kept-members.ts'
import type { ResiliencePipeline } from '../upstream/call/resilience-pipeline.ts'
import { type Identity, identityWithin } from '../upstream/call/vendor-api.ts'
import type { UpstreamDependencies } from '../upstream/dependencies.ts'
import { isReadingFailure } from '../upstream/error.ts'
import { createLoader } from '../upstream/loader.ts'
import { createStalenessBounds, hasMaxStaleness, noteMaxStaleness } from './max-staleness.ts'
import type { Place, Source } from './place.ts'
import { planReading } from './planned-calls.ts'
import { parseRows, type Shape } from './shape.ts'
import { failedSource } from './source.ts'
import { assertVisible } from './visibility.ts'

/** What the places of one account are read with. */
export interface PlaceClient {
  /** What the client has access to: replicas with the same identity share readings and rate limits. */
  readonly identity: Identity
  readonly pipeline: ResiliencePipeline
  /** The places that are read under the client's rate limit. */
  readonly schedule: RefreshSchedule
  /** Where the vendor is, as configured: a place with the same id elsewhere is another place. No part depends on a credential. */
  readonly origin: string
  /** The resources of the calls that the next call needs before it, such as one for a token. Absent: none. */
  preparations?(): readonly string[]
  /** The changes that are made through the client; absent where nothing can be changed. */
  readonly changes?: ChangeLog
}

/** A place that can be read. */
export interface ReadablePlace extends Place {
  readonly client: PlaceClient
  /** Tells its readings from those of every other place, also when two accounts reach one place. */
  readonly readingKey: string
  /** Added to the client's identity for what is read of this place; empty for an account. */
  readonly identity: readonly string[]
}

/** The rate-limited resources of the vendor that a place belongs to. */
export type ResourceOf<Item extends ReadablePlace> =
  Item['client']['pipeline'] extends ResiliencePipeline<infer Resource extends string> ? Resource : never

/** A list that is read of a place, and the value that is made of its rows. */
export interface PlaceReading<Item extends ReadablePlace, Wire, Row, Value> {
  readonly resource: ResourceOf<Item>
  list(place: Item, context: CallContext): Promise<Rows>
  readonly shape: Shape<Wire>
  /** What is kept of a row of the list. */
  toRow(row: Wire, place: Item): Row
  toValue(rows: readonly Row[], unreadableRows: number, place: Item): Value
  /** The size of a value, in rows. */
  weigh(value: Value): number
  /** Called with each complete list that this process has read. */
  onComplete?(place: Item, value: Value, list: CompleteList): void
  /**
   * CERTIFICATES, DISCOVERY, or one of the vendor's `sourceKinds`. A list of places is also read for a caller who may not see
   * this place, to find the places that they may see.
   */
  readonly kind: Source['kind']
  /** Whether the list has pages: it takes several calls, and a row that moves to the next page during the reading is read twice. */
  readonly isPaged?: boolean
  /** Whether a change through the client makes the reading stale. */
  readonly isChangeable?: boolean
}

/**
 * Loads what is read of a place, not older than `maxStaleness` milliseconds.
 * @throws UpstreamError when it cannot be read, InputError FORBIDDEN when the caller may not see the place
 */
export interface PlaceLoader<Item extends Place, Value> {
  (operation: Operation, place: Item, maxStaleness?: number): Promise<Reading<Value>>
  /**
   * What the operation has loaded, or would load without waiting. Null when it may have to wait, and for an operation with a
   * `maxStaleness` or that makes no calls.
   * @throws InputError FORBIDDEN when the caller may not see the place
   */
  atOnce(operation: Operation, place: Item): Reading<Value> | null
  /** The reading that the operation has loaded; undefined while it has not. */
  loaded(operation: Operation, place: Item): Reading<Value> | undefined
  /** Makes a reading that begins now, whatever is kept or in progress. */
  now(operation: Operation, place: Item): Promise<Reading<Value>>
  /** The value of the last reading, without a call, whatever its age; null when there is none. */
  last(place: Item): Value | null
  /** The last reading, without a call; null when there is none, and when it is too old to be served. */
  lastReading(place: Item): Reading<Value> | null
  /** What is known of the reading, without a call. */
  state(place: Item): ReadingState<Value>
  /** Takes over the reading that is kept from before the start, without a call. */
  restore(place: Item): Promise<void>
  /** What is needed to keep what is made of the readings of many places. */
  readonly kept: KeptReadings<Item, Value>
}

/** The readings of a loader, for callers who may see every place and accept every age within the ttl. */
interface KeptReadings<Item extends Place, Value> {
  /** What the loader would return without waiting; null when it may have to wait. */
  read(operation: Operation, place: Item): Reading<Value> | null
  /** The monotonic time until which operations are served this reading, unless an event comes before; null when it may change. */
  freshUntil(place: Item, reading: Reading<unknown>): number | null
  /** Calls the listener when what is kept of the place has changed. Returns a function that ends that. */
  subscribe(place: Item, listener: () => void): () => void
  /** Drops what is kept of a place that is not configured any more, and of those below it. */
  forget(readingKey: string): void
}

interface CompleteList {
  /** Wall-clock time of its first call. */
  readonly asOf: number
  /** Whether a row was on two of its pages. */
  readonly hasRepeats: boolean
}

/** Creates the loader of one reading per place. Every operation that needs a place while its reading serves shares it. */
export function createPlaceLoader<
  Item extends ReadablePlace,
  Wire extends { readonly id: string },
  Row,
  Value extends Pick<Source, 'unreadableRows'>,
>(upstream: UpstreamDependencies, reading: PlaceReading<Item, Wire, Row, Value>): PlaceLoader<Item, Value> {
  const { resource, kind, shape, isPaged = false } = reading
  const isDiscovery = kind === 'DISCOVERY'
  /** The values whose lists had a row twice. */
  const repeating = new WeakSet<Value>()
  const readings = new ReadingCache<Value>(upstream, reading.weigh)
  const bounds = createStalenessBounds()

  /** @param isRead whether the place counts as one that is read */
  function taskOf(place: Item, isRead = true): ReadingTask<Value> {
    const { identity, pipeline, schedule, changes } = place.client
    const key = place.readingKey
    const listTtl = () => (isRead ? schedule.ttl(key) : schedule.currentTtl)
    return {
      key,
      source: { place, kind },
      pipeline,
      ttl: isDiscovery ? upstream.settings.discoveryTtl : listTtl(),
      shared: { identity: identityWithin(identity, resource, ...place.identity), fields: shape.fields },
      ...(reading.isChangeable && changes && { changes }),
      read: (context) => reading.list(place, { ...context, keptMembers: new KeptMembers(shape.fields) }),
      async toValue(rows) {
        const parsing = { toItem: (row: Wire) => reading.toRow(row, place), mayRepeat: isDiscovery || isPaged }
        const { items, unreadable, hasRepeats } = await parseRows(rows, shape, parsing, responseTime)
        const value = reading.toValue(items, unreadable, place)
        if (hasRepeats) repeating.add(value)
        return value
      },
      onMade(value, asOf) {
        if (value.unreadableRows === 0) reading.onComplete?.(place, value, { asOf, hasRepeats: repeating.has(value) })
      },
    }
  }

  const load = createLoader<{ readonly place: Item; readonly bound: number | undefined }, Reading<Value>>(
    async ({ place }, operation) => {
      const task = taskOf(place, !operation.isPassive)
      const options = { ...operation, maxStaleness: bounds.strictest(operation, task.key) }
      if (!operation.isPassive) return readings.read(task, options)
      if (!operation.plan) return readings.readPassively(task, options)
      const maxPages = isPaged ? upstream.readingLimits.pages : 1
      const isShared = upstream.replicas.state === 'shared'
      const planned = { place, resource, isDiscovery, maxPages, isShared }
      return planReading(operation, { ...planned, ...readings.known.inspect(task, options) })
    },
    // A stricter bound loads the place again, and so does a change in the meantime.
    ({ place: { readingKey, client }, bound }) =>
      `${readingKey} ${bound} ${reading.isChangeable ? client.changes?.count : undefined}`,
  )
  function noted(operation: Operation, place: Item, reading: Reading<Value>): Reading<Value> {
    const { error, value } = reading
    const { unreadableRows } = value
    if (error || unreadableRows > 0)
      operation.outcome?.add([{ place, kind, status: error ? 'STALE' : 'OK', unreadableRows, error }])
    return reading
  }
  /** Adds the place to an error, and records what is wrong with the reading. */
  async function report(operation: Operation, place: Item, made: Promise<Reading<Value>>): Promise<Reading<Value>> {
    try {
      return noted(operation, place, await made)
    } catch (error) {
      if (!isReadingFailure(error)) throw error
      const failure = error.at(place)
      operation.outcome?.add([failedSource(place, kind, failure)])
      throw failure
    }
  }
  async function loadPlace(operation: Operation, place: Item, maxStaleness?: number) {
    if (!isDiscovery) assertVisible(operation, place)
    if (maxStaleness !== undefined) noteMaxStaleness(operation)
    const bound = bounds.strictest(operation, place.readingKey, maxStaleness)
    return report(operation, place, load(operation, { place, bound }))
  }
  function atOnce(operation: Operation, place: Item): Reading<Value> | null {
    if (operation.isPassive || hasMaxStaleness(operation)) return null
    if (!isDiscovery) assertVisible(operation, place)
    const find = () => readings.readKept(taskOf(place), operation)
    const reading = load.loadedOr(operation, { place, bound: undefined }, find)
    return reading && noted(operation, place, reading)
  }
  async function now(operation: Operation, place: Item) {
    if (!isDiscovery) assertVisible(operation, place)
    return report(operation, place, readings.readNow(taskOf(place), operation))
  }
  const loaded = (operation: Operation, place: Item) =>
    load.loaded(operation, { place, bound: bounds.strictest(operation, place.readingKey) })
  const last = (place: Item) => readings.known.last(place.readingKey)
  const state = (place: Item) => readings.known.state(taskOf(place, false))
  const restore = (place: Item) => readings.restore(taskOf(place, false))
  const lastReading = (place: Item) => readings.known.lastReading(taskOf(place, false))
  const kept: KeptReadings<Item, Value> = {
    read: (operation, place) => readings.readKept(taskOf(place), operation),
    freshUntil: (place, reading) => readings.known.freshUntil(taskOf(place), reading),
    subscribe: (place, listener) => readings.events.subscribe(place.readingKey, listener),
    forget: (readingKey) => readings.forget((key) => key === readingKey || key.startsWith(`${readingKey} `)),
  }
  return Object.assign(loadPlace, { atOnce, loaded, now, last, lastReading, state, restore, kept })
}

/** Adds the place to an error of its reading. */
export async function located<Value>(place: Place, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading
  } catch (error) {
    throw isReadingFailure(error) ? error.at(place) : error
  }
}
