import { type Connection, type ConnectionArguments, parseWindow, type RequestedWindow } from '../catalog/connection.ts'
import { encodeCursor } from '../catalog/cursor.ts'
import type { ChangeKind, RecordedChange } from '../changes/change.ts'
import type { ChangePosition, ChangeSelection } from '../changes/change-index.ts'
import type { History } from '../changes/history.ts'
import type { ChangeRecorder } from '../changes/recorder.ts'
import { InputError } from '../input-error.ts'
import type { Subscribe } from '../listeners.ts'
import type { Operation } from '../operation.ts'
import { assertNotUnknown } from '../providers/incomplete.ts'
import { hasCertificates } from '../providers/known-places.ts'
import type { CertificateHolder } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import { isVisible } from '../providers/visibility.ts'
import { untilAborted } from '../upstream/call/timeout.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { HistoryBounds } from '../upstream/history-store.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import type { NodeFinder } from './find-node.ts'
import { createNamedPlaceFinder } from './search/named-places.ts'

/** The history of changes, as the schema reads it. */
export interface ChangeSource {
  readonly history: History
  readonly recorder: ChangeRecorder
  /** Calls the listener when there is another reading than before. */
  readonly onReading: Subscribe
}

/** A change of a place that the caller may see. */
export interface PlacedChange extends RecordedChange {
  readonly place: CertificateHolder
}

export interface ChangeConnection extends Connection<PlacedChange> {
  /** How far back the history of every selected place goes, in milliseconds since the epoch; null when one has none. */
  readonly recordedSince: number | null
}

export interface ChangeArguments extends ConnectionArguments {
  readonly since?: Date | null | undefined
  readonly kinds?: readonly ChangeKind[] | null | undefined
  readonly placeIds?: readonly string[] | null | undefined
}

interface Search {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
}

/** The name of the order in cursors. */
const ordering = { name: 'CHANGED_AT:DESC' }

/** Finds the places of changes that a caller may see. */
export function createPlaceOfChange(vendors: readonly Vendor[]) {
  const byProvider = new Map(vendors.map((vendor) => [vendor.provider, vendor]))
  return (operation: Pick<Operation, 'caller'>, place: ObservedPlace): CertificateHolder | null =>
    byProvider.get(place.provider)?.recordedPlace(operation, place) ?? null
}

/** A page of the history, the newest changes first. */
export async function listChanges(
  source: ChangeSource | null,
  search: Search,
  operation: Operation,
  { since, kinds, placeIds, ...args }: ChangeArguments,
): Promise<ChangeConnection> {
  const window = parseWindow(ordering, args)
  if (kinds?.length === 0) throw new InputError('kinds: an empty list matches nothing; leave it out for all')
  if (placeIds?.length === 0) throw new InputError('placeIds: an empty list matches nothing; leave it out for all')
  if (!source) {
    if (placeIds) await findNamedPlaces(search, operation, placeIds, new Map())
    return emptyConnection
  }
  const { history, recorder } = source
  await untilAborted(recorder.settled(), operation.signal)
  await readBounds(history)
  const holders = findHolders(search, operation)
  const holderKeys = [...(holders?.values() ?? [])].map(({ historyKey }) => historyKey)
  if (!(await recorder.load([...history.index.places, ...holderKeys]))) throw toUnreadable()
  followHistory(operation, source)
  const visible = await findVisible(recorder, search, operation)
  const selected = placeIds
    ? await findNamed(search, operation, placeIds, visible)
    : { recorded: visible, holders: holders && withUncovered(holders, visible, operation) }
  const selection: ChangeSelection = {
    places: new Set(selected.recorded.keys()),
    kinds: kinds ?? null,
    since: since ? since.getTime() : null,
  }
  const { page, changes } = await readPage(history, selection, window)
  const positions = new Map(page.rows.map((position) => [position.sequence, position]))
  const byId = new Map([...selected.recorded.values()].map((place) => [place.id, place]))
  const edges = changes.flatMap((change) => {
    const [place, position] = [byId.get(change.placeId), positions.get(change.sequence)]
    return place && position
      ? [{ node: { ...change, at: position.at, place }, cursor: toCursor(position.at, change.id) }]
      : []
  })
  const goesBackTo = recordedSince(source, selected, operation)
  // Another process may record a place first, which is no change.
  if (goesBackTo === null && history.store.isShared) operation.basis?.exclude()
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => history.index.count(selection),
    incompleteReasons: [],
    recordedSince: goesBackTo,
  }
}

/**
 * What is kept of the history now.
 * @throws UpstreamError when it cannot be read: an empty list would look like good news
 */
export async function readBounds(history: History): Promise<HistoryBounds> {
  const isRead = await history.update()
  const { bounds } = history
  if (!isRead || !bounds) throw toUnreadable()
  return bounds
}

export function toUnreadable(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAVAILABLE',
    'the history of changes cannot be read at the moment; try again later',
  )
}

/** A page of the index with its changes. Once more when another process has removed some of them. */
async function readPage(history: History, selection: ChangeSelection, window: RequestedWindow) {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const page = history.index.page(selection, toPositions(window, history))
    const changes = await history.get(page.rows.map(({ sequence }) => sequence))
    if (changes?.length === page.rows.length) return { page, changes }
    await readBounds(history)
  }
  throw toUnreadable()
}

/** The answer is another one when a change is recorded or removed, a place appears, or a certificate is read again. */
function followHistory({ basis }: Operation, { history, onReading }: ChangeSource): void {
  basis?.dependOn(onReading)
  if (history.store.isShared) basis?.follow(history, { change: history.latestKnown, latest: () => history.latest() })
  else basis?.dependOn(history.subscribe)
}

/** The places with a history that the caller may see, by their keys in the history. */
async function findVisible(
  recorder: ChangeRecorder,
  { vendors }: Search,
  operation: Operation,
): Promise<ReadonlyMap<string, CertificateHolder>> {
  const placeOf = createPlaceOfChange(vendors)
  const visible = new Map<string, CertificateHolder>()
  for (const recorded of recorder.recorded()) {
    if (operation.timeSlice.isOver()) await operation.timeSlice.next()
    const place = placeOf(operation, recorded)
    if (place) visible.set(recorded.historyKey, place)
  }
  return visible
}

interface SelectedPlaces {
  /** Those with a history, by their keys in it. */
  readonly recorded: ReadonlyMap<string, CertificateHolder>
  /** The global ids of those whose lists together hold every certificate; null while that is not known. */
  readonly holders: Iterable<string> | null
}

/** The places that the caller names. @throws InputError for an id that names no place */
async function findNamed(
  search: Search,
  operation: Operation,
  ids: readonly string[],
  visible: ReadonlyMap<string, CertificateHolder>,
): Promise<SelectedPlaces> {
  const { places } = await findNamedPlaces(search, operation, ids, visible)
  return { recorded: new Map([...visible].filter(([, { id }]) => places.has(id))), holders: places }
}

/** The places whose lists together hold every certificate, by global id; null while that is not known. Makes no call. */
function findHolders({ vendors }: Search, operation: Operation): ReadonlyMap<string, CertificateHolder> | null {
  const holders = new Map<string, CertificateHolder>()
  for (const vendor of vendors) {
    const { places, unlisted, isSearchedBelow } = vendor.knownPlaces(operation)
    if (isSearchedBelow && unlisted > 0) return null
    for (const { place, isSearched } of places) if (isSearched && hasCertificates(place)) holders.set(place.id, place)
  }
  return holders
}

/** A place may still be there although its account was not listed yet. */
function withUncovered(
  holders: ReadonlyMap<string, CertificateHolder>,
  visible: ReadonlyMap<string, CertificateHolder>,
  operation: Operation,
): ReadonlySet<string> {
  const ids = new Set(holders.keys())
  for (const { id, parent } of visible.values()) {
    if (parent === null || !hasCertificates(parent) || !isVisible(operation, parent)) ids.add(id)
  }
  return ids
}

/** Global ids of the places that a caller names. */
export interface NamedPlaces {
  /** Those that have lists of certificates. */
  readonly places: ReadonlySet<string>
  /** Those that stand for the places below them. */
  readonly accounts: ReadonlySet<string>
}

/** The places that the caller names for further changes; null without names. @throws as `findNamedPlaces` */
export async function findFollowedPlaces(
  { history, recorder }: ChangeSource,
  search: Search,
  operation: Operation,
  ids: readonly string[] | null,
): Promise<NamedPlaces | null> {
  if (ids === null) return null
  if (!(await recorder.load(history.index.places))) throw toUnreadable()
  return findNamedPlaces(search, operation, ids, await findVisible(recorder, search, operation))
}

/**
 * A place with a history is found without a call.
 * @throws InputError for an id that names no place
 */
async function findNamedPlaces(
  search: Search,
  operation: Operation,
  ids: readonly string[],
  visible: ReadonlyMap<string, CertificateHolder>,
): Promise<NamedPlaces> {
  const finder = createNamedPlaceFinder(search, operation, undefined)
  // All ids are checked before the first call.
  const names = ids.map((text, index) => finder.parse(text, `placeIds[${index}]`))
  const places = new Set<string>()
  const accounts = new Set<string>()
  for (const name of names) {
    const known = [...visible.values()].filter(
      ({ id, vendorId }) => id === name.globalId || (name.globalId === null && vendorId === name.text),
    )
    const [only, another] = known
    if (only && !another) places.add(only.id)
    else {
      const { account, holders } = await findNamedHolders(finder, name, operation)
      if (account !== null) accounts.add(account)
      for (const id of holders) places.add(id)
    }
  }
  return { places, accounts }
}

/** The places whose lists have the certificates of a place: for an account, those below it, and itself without any. */
async function findNamedHolders(
  finder: ReturnType<typeof createNamedPlaceFinder>,
  name: ReturnType<ReturnType<typeof createNamedPlaceFinder>['parse']>,
  operation: Operation,
): Promise<{ readonly account: string | null; readonly holders: readonly string[] }> {
  const { items, sources, unknown } = await finder.find(name)
  const [place] = items
  if (!place) {
    await assertNotUnknown(operation, unknown)
    for (const { error } of sources) if (error) throw error
    return { account: null, holders: [] }
  }
  const holders = (await place.certificateHolders(operation)).items.map(({ id }) => id)
  const account = holders.includes(place.id) ? null : place.id
  return { account, holders: holders.length > 0 ? holders : [place.id] }
}

/** The latest of the times at which the places were recorded first: one of them says nothing about the others. */
function recordedSince(
  { recorder, history }: ChangeSource,
  { recorded, holders }: SelectedPlaces,
  { now, basis }: Operation,
): number | null {
  const keys = new Map([...recorded].map(([key, { id }]) => [id, key]))
  let since: number | null = null
  for (const id of holders ?? []) {
    const key = keys.get(id)
    const first = key === undefined ? null : recorder.recordedSince(key)
    if (first === null) return null
    since = Math.max(first, since ?? first)
  }
  if (since === null) return null
  for (const key of recorded.keys()) since = Math.max(since, history.removedAt(key) ?? since)
  if (since <= now) return since
  // The clock was set back, so that it was recorded at an unknown time until now.
  basis?.exclude()
  return now
}

/** A cursor from a history that was lost leads to its time. */
function toPositions({ after, before, ...window }: RequestedWindow, history: Pick<History, 'sequenceOf' | 'movedTo'>) {
  const toPosition = (position: RequestedWindow['after']): ChangePosition | null => {
    if (!position) return null
    const sequence = history.sequenceOf(position.id) ?? 0
    return { at: history.movedTo(sequence) ?? Number(position.key), sequence }
  }
  return { ...window, after: toPosition(after), before: toPosition(before) }
}

function toCursor(at: number, id: string): string {
  return encodeCursor(ordering, { position: { key: at, id }, complete: true })
}

const emptyConnection: ChangeConnection = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  totalCount: () => 0,
  incompleteReasons: [],
  recordedSince: null,
}
