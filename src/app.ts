import type { Logger } from 'pino'
import { createAuthenticate } from './access/authenticate.ts'
import { findPlaceMistakes } from './access/listed-places.ts'
import { checkedCaller, checkedEndpoint, startPlaceCheck } from './access/missing-places.ts'
import { builtInDocuments } from './built-in-documents.ts'
import { isLoopback, isLoopbackOrigin } from './config/loopback.ts'
import { ConfigError } from './config/mistakes.ts'
import { createExports } from './exports/exports.ts'
import { exportList } from './exports/list.ts'
import { createFeatures, createHealth } from './health.ts'
import { Listeners } from './listeners.ts'
import type { Metrics } from './metrics/metrics.ts'
import { startNotifier } from './notify/notifier.ts'
import type { Operation } from './operation.ts'
import { createProcessState, type ProcessState } from './process-state.ts'
import { providers } from './providers/list.ts'
import { noteMaxStaleness } from './providers/max-staleness.ts'
import type { Place } from './providers/place.ts'
import { createPlaceIndex, withoutRecords } from './providers/place-index.ts'
import { startPrefetch } from './providers/prefetch.ts'
import type { ProviderList, Vendor } from './providers/provider.ts'
import { readingWait } from './providers/reading-wait.ts'
import { startRestore } from './providers/restore.ts'
import { checkedList, createOwnerRules } from './providers/rule-places.ts'
import { createCostOf } from './schema/cost/cost.ts'
import { selectsCalls } from './schema/cost/selects-calls.ts'
import { createSizes } from './schema/cost/sizes.ts'
import { toGraphQLError } from './schema/error.ts'
import { createIntrospectionSchema } from './schema/introspection.ts'
import { createSchema } from './schema/schema.ts'
import { createSearch } from './schema/search/create-search.ts'
import { hasStalenessArgument } from './schema/search/staleness-argument.ts'
import type { CostOf } from './server/price.ts'
import { createSavedQueries } from './server/saved-queries.ts'
import { createServer, type Server } from './server/server.ts'
import { findDocumentMistakes, operationNamesOf } from './server/trusted-documents.ts'
import type { Clock } from './upstream/clock.ts'
import { isPlannedCall } from './upstream/error.ts'
import type { ObservedPlace } from './upstream/list-observer.ts'
import { type AnyConfig, createVendors } from './vendors.ts'

export interface Environment {
  readonly clock: Clock
  readonly log: Logger
  readonly version: string
  /** Default: a new one for this configuration. */
  readonly state?: ProcessState
}

export interface App {
  readonly server: Server
  /** The configured places. */
  readonly places: readonly Pick<Place, 'provider' | 'vendorId'>[]
  /** Null when metrics are off. */
  readonly metrics: Metrics | null
  /** Ends the pauses that vendors asked for, and logs how many there were. */
  clearPauses(): Promise<void>
  /** Begins no work any more, besides the operations in progress: another app has taken over. */
  retire(): void
  /** Ends the app when its operations have ended. What the process keeps stays. */
  dispose(): Promise<void>
  /** Ends the app and the process state. */
  close(): Promise<void>
  /** Writes the audit lines of the mutations in progress, whose outcome is unknown. The process has to exit then. */
  abandon(): void
}

const everyone = { caller: { places: null } }

/** Whether a place in the history is configured or discovered. */
const isRecorded = (vendors: readonly Vendor[], place: ObservedPlace, account?: string | null) =>
  vendors.some(
    (vendor) => vendor.provider === place.provider && vendor.recordedPlace(everyone, place, account) !== null,
  )

/** Where the build puts the page: in the folder `dist` beside this file's folder, or in this one. */
const page = new URL('../dist/page/', import.meta.url)
const readingWaitOf = (vendors: readonly Vendor[], place: ObservedPlace) => {
  const vendor = vendors.find(({ provider }) => provider === place.provider)
  const holder = vendor?.recordedPlace(everyone, place)
  return holder ? readingWait(holder, vendor?.prefetchQueues.some(({ schedule }) => schedule.isPrefetched) ?? false) : 0
}

const unreadPlaces =
  'notifications are sent for places that an operation reads, because upstream.prefetch is false; expected true'
const unreadMetrics =
  'the metrics show the last readings, and places that no operation reads are down; expected upstream.prefetch: true'

const unsharedHistory =
  'each replica has a history of changes of its own, in memory: redis.secret is not set; expected it, the same on all replicas'

/**
 * Assembles the application: vendors, schema and server. With the state of another app, it uses the connections, readings
 * and rate limits of that one from now on.
 * @throws ConfigError when a trusted document is invalid for the schema, or the id of a listed place is ambiguous. Nothing
 *   has changed then.
 */
export async function createApp(
  config: AnyConfig,
  { clock, log, version, state: given }: Environment,
  list: ProviderList = providers,
): Promise<App> {
  const { mode, server: listening, expiry, deadline, limits, documents } = config
  const { locate } = config.source
  const state = given ?? (await createProcessState(config, { clock, log, version }))
  const { replicas, redact, metrics, readingListeners, issuerTransport: transport, keySets } = state
  const placeListeners = new Listeners()
  const authenticate = await createAuthenticate(listening.access, { clock, transport, log, keySets })
  const next = state.begin(config)
  const vendors = createVendors(config.providers, next.upstreamOf, list)
  const isPrefetched = Object.values(config.providers).every((part) => part?.upstream.prefetch ?? true)
  if (metrics && !isPrefetched && !isLoopback(listening.host)) log.warn(unreadMetrics)
  if (config.notify.length > 0 && !isPrefetched) log.warn(unreadPlaces)
  if (config.redis && !replicas.history.isKept) log.warn(unsharedHistory)
  const { apiKeys, feeds } = listening.access === 'public' ? { apiKeys: [], feeds: [] } : listening.access
  const limitedKeys = apiKeys.filter(({ places }) => places !== null)
  const limitedFeeds = feeds.filter(({ places }) => places !== null)
  const configured = vendors.flatMap((vendor) => vendor.configured)
  const discover = (operation: Operation) => Promise.all(vendors.map((vendor) => vendor.places(operation)))
  const placeIndex = createPlaceIndex({
    configured,
    discoveries: vendors.flatMap(({ discoveries }) => discoveries),
    discover,
    onChange() {
      placeListeners.notify()
      placeCheck.report()
    },
  })
  const { owners, mistakes: ownerMistakes, undiscovered } = createOwnerRules(config.owners, vendors, locate)
  const { history, recorder } = state.changes
  const schema = createSchema(vendors, { expiry, owners }, limits, config.federation, {
    history,
    recorder,
    onReading: readingListeners.subscribe,
  })
  const priceOf = createCostOf(schema, {
    sizesOf: (caller, onUse) => createSizes(vendors, caller, onUse),
    get version() {
      return state.readingChanges
    },
  })
  const costOf: CostOf = (operation) => {
    const price = priceOf(operation)
    if (!price) return undefined
    const { cost, bytes, dependsOnReadings } = price
    return { cost, bytes, changes: dependsOnReadings ? readingListeners : undefined }
  }
  const mistakes = [
    ...findPlaceMistakes(listening.access, configured, locate),
    ...ownerMistakes,
    ...findDocumentMistakes(documents.list, schema, limits, costOf, () => locate(['documents', 'file'])),
  ]
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  next.commit()
  state.changes.maxAge = config.state.history
  recorder.use({
    expiry,
    isCurrent: (place, account) => isRecorded(vendors, place, account),
    readingWait: (place) => readingWaitOf(vendors, place),
  })
  const { certificates, operations } = config.metrics
  metrics?.use({
    vendors,
    expiry,
    ownerOf: (certificate) => owners.ownerOf(certificate)?.name ?? '',
    certificates,
    operations: [...operations, ...operationNamesOf(documents.list), ...exportList.map(({ name }) => name)],
  })

  const placeCheck = startPlaceCheck({
    lists: [
      ...limitedKeys.map((key) => checkedCaller('key', key, placeIndex)),
      ...limitedFeeds.map((feed) => checkedCaller('feed', feed, placeIndex)),
      ...config.notify.map((endpoint) => checkedEndpoint(endpoint, placeIndex)),
      ...undiscovered.map((place) => checkedList(place, vendors, placeIndex)),
    ],
    discover: (operation) => discover({ ...operation, placeIndex }),
    clock,
    deadline,
    log,
  })
  const restoring = replicas.keepsReadings ? startRestore(vendors, { placeIndex, log }) : null
  const prefetch = startPrefetch(
    vendors.flatMap(({ prefetchQueues }) => prefetchQueues),
    { clock, placeIndex, replicas, withReplacements: metrics !== null },
  )
  const notifier = startNotifier({
    endpoints: config.notify,
    feed: history,
    replicas,
    sources: { vendors, owners, expiry, placeIndex, clock },
    publicUrl: listening.publicUrl,
    redact,
    version,
    log,
    onAttempt: (endpoint, result) => metrics?.notify.countAttempt(endpoint, result),
  })
  const endpointNames = config.notify.map(({ label }) => label)
  metrics?.notify.use(endpointNames, notifier.statuses)
  const server = createServer({
    schema,
    createIntrospectionSchema: () => createIntrospectionSchema(schema),
    createContext(request) {
      // A caller with a list of places may get another answer when a place is found, or not found any more.
      if (request.caller.places !== null) request.basis?.dependOn(placeListeners.subscribe)
      const places = request.isPassive ? withoutRecords(placeIndex) : placeIndex
      const operation: Operation = { ...request, now: clock.now(), placeIndex: places }
      if (request.document && hasStalenessArgument(request.document)) noteMaxStaleness(operation)
      return operation
    },
    authenticate,
    toGraphQLError,
    redact,
    mode,
    version,
    hosts: [...listening.hosts, listening.host],
    refusedHosts: state.refusedHosts,
    origins: listening.cors.origins,
    // A frontend in development is served from another port of its machine. The certificates are invented.
    acceptsOrigin: mode === 'sandbox' ? isLoopbackOrigin : undefined,
    introspection: listening.introspection,
    // A query typed into GraphiQL is not a trusted document.
    graphiql: listening.graphiql && documents.mode !== 'require',
    queries: createSavedQueries(vendors.flatMap(({ queries }) => queries ?? [])),
    limits,
    documents: { ...documents, list: new Map([...builtInDocuments, ...documents.list]) },
    costOf,
    exports: createExports(schema, createSearch(vendors, { expiry, owners }), exportList, {
      publicUrl: listening.publicUrl,
      isSandbox: mode === 'sandbox',
      version,
      brands: new Map(Object.values(list).map(({ provider, brand }) => [provider, brand])),
    }),
    storeFor: listening.answers.storeFor,
    health: createHealth(vendors, state),
    page,
    metrics: (!config.metrics.listener && metrics) || undefined,
    countOperation: metrics ? (operation) => metrics.countOperation(operation) : undefined,
    countStreams: metrics?.streams,
    connections: state.connections,
    features: createFeatures(config, state, limitedKeys.length + limitedFeeds.length > 0 ? placeCheck : null, notifier),
    plans: { selectsCalls: ({ document }) => selectsCalls(schema, document), isPlannedCall },
    deadline,
    clock,
    log,
  })
  const retire = () => {
    restoring?.close()
    prefetch.close()
    placeCheck.close()
    void notifier.close()
  }
  const dispose = async () => {
    retire()
    await Promise.all([server.dispose(), notifier.close()])
  }
  return {
    server,
    places: configured,
    metrics,
    abandon: () => state.abandon(),
    async clearPauses() {
      log.warn(await replicas.clearPauses(), 'pauses that vendors asked for were cleared')
    },
    retire,
    dispose,
    async close() {
      await dispose()
      await state.close()
    },
  }
}
