import type { RunningPlaceCheck } from './access/missing-places.ts'
import { accessText } from './config/access.ts'
import type { RunningNotifier } from './notify/notifier.ts'
import type { Caller } from './operation.ts'
import type { ProcessState } from './process-state.ts'
import type { Vendor } from './providers/provider.ts'
import { type KnownSource, listSourceStates } from './providers/source-states.ts'
import type { AnyConfig } from './vendors.ts'

/** More places are counted and not listed: a monitoring system reads the answer every few seconds. */
const maxPlaces = 1_000

/** Problems first. */
const rank = { FAILED: 0, STALE: 1, UNREAD: 2, OK: 3 } satisfies Record<KnownSource['status'], number>

/**
 * Creates the function for `/health`. The status is `degraded` when an answer may lack something or be old: a source is
 * failed or stale, has lost rows, or its circuit is open. For a caller who may see all places, also when Redis or the
 * disk of the state is not available. A source that was not read yet is no problem.
 */
export function createHealth(
  vendors: readonly Pick<Vendor, 'knownPlaces'>[],
  { replicas, store }: Pick<ProcessState, 'replicas' | 'store'>,
) {
  return (caller: Pick<Caller, 'places'>) => {
    const sources = listSourceStates(vendors, { caller })
    const hasProblem = caller.places === null && (replicas.state === 'alone' || (store?.problem ?? null) !== null)
    const listed = sources.toSorted((a, b) => rank[a.status] - rank[b.status]).slice(0, maxPlaces)
    const omitted = sources.length - listed.length
    return {
      status: hasProblem || sources.some(isDegraded) ? ('degraded' as const) : ('ok' as const),
      places: listed.map(toPlace),
      ...(omitted > 0 && { placesOmitted: omitted }),
    }
  }
}

/**
 * Creates the function for what `/health` reports of the program. `placeCheck` is null when no key has a list of places.
 */
export function createFeatures(
  { server, writes }: Pick<AnyConfig, 'server' | 'writes'>,
  state: Pick<ProcessState, 'replicas' | 'store' | 'lastReload'>,
  placeCheck: Pick<RunningPlaceCheck, 'missing'> | null,
  notifier: Pick<RunningNotifier, 'statuses'>,
) {
  const { replicas, store } = state
  return () => ({
    access: accessText(server.access),
    writes: writes ? 'enabled' : 'disabled',
    ...(replicas.state && { redis: replicas.state }),
    ...(store && { state: store.isKept ? 'disk' : 'memory' }),
    ...(store?.problem && { stateProblem: store.problem.reason }),
    ...(replicas.invalidValues > 0 && { invalidRedisValues: replicas.invalidValues }),
    ...(state.lastReload?.successful === false && { reload: 'failed' }),
    ...(placeCheck && { unknownPlaces: placeCheck.missing }),
    ...toNotify(notifier.statuses()),
  })
}

/** The endpoints of notifications with a problem. Each is named by its name or position: its URL is a secret. */
function toNotify(statuses: ReturnType<RunningNotifier['statuses']>): object {
  const notify = statuses.flatMap(({ label, failure, isStopped, pausedUntil, queued }) => {
    if (isStopped) return [{ endpoint: label, status: 'stopped', reason: 'answered 410' }]
    if (failure === null) return []
    const paused = pausedUntil !== null && { pausedUntil: new Date(pausedUntil).toISOString() }
    return [{ endpoint: label, status: 'failing', reason: failure, waiting: queued, ...paused }]
  })
  return notify.length > 0 ? { notify } : {}
}

function isDegraded({ status, unreadableRows, circuitOpen }: KnownSource): boolean {
  return status === 'FAILED' || status === 'STALE' || unreadableRows > 0 || circuitOpen
}

function toPlace({ place, kind, status, asOf, age, error, lastAnswer, ...state }: KnownSource): object {
  return {
    provider: place.provider,
    id: place.id,
    place: place.vendorId,
    name: place.name,
    kind,
    status,
    asOf: asOf === null ? null : new Date(asOf).toISOString(),
    ageSeconds: age === null ? null : Math.floor(age / 1000),
    // While the circuit is open, the error before says why.
    lastErrorCode: lastAnswer?.code ?? error?.code ?? null,
    circuit: state.circuitOpen ? 'open' : 'closed',
    ...(state.isWaiting && { waiting: true }),
    ...(state.unreadableRows > 0 && { unreadableRows: state.unreadableRows }),
  }
}
