import type { JWTVerifyGetKey } from 'jose'
import type { Logger } from 'pino'
import { maxKeySetBytes } from './access/authenticate.ts'
import { type Changes, createChanges } from './changes/changes.ts'
import type { Limits } from './limits.ts'
import { Listeners } from './listeners.ts'
import type { KeptStatus } from './metrics/kept-metrics.ts'
import type { Metrics } from './metrics/metrics.ts'
import { type ConnectionState, createConnectionState } from './server/connection-state.ts'
import { RefusedHosts } from './server/refused-hosts.ts'
import { MemoryStateStore } from './state/memory-state-store.ts'
import type { StateStore } from './state/state-store.ts'
import type { Clock } from './upstream/clock.ts'
import { PendingWork } from './upstream/concurrency.ts'
import type { UpstreamDependencies } from './upstream/dependencies.ts'
import { KeptObjects } from './upstream/kept-objects.ts'
import { createCurrentRedactor, KnownSecrets, type Redact } from './upstream/redact.ts'
import { createSoleReplica, type Replicas } from './upstream/replicas.ts'
import { defaultSettings, type UpstreamSettings } from './upstream/settings.ts'
import { createTransport, type Transport } from './upstream/transport.ts'
import type { AnyConfig } from './vendors.ts'

/** How the last attempt to read the configuration again has ended. */
export interface LastReload {
  readonly successful: boolean
  /** Wall-clock time in milliseconds. */
  readonly at: number
}

interface ProcessParts {
  readonly replicas: Replicas
  readonly store: StateStore | null
  readonly createMetrics: CreateMetrics | null
}

interface Environment {
  readonly clock: Clock
  readonly log: Logger
  readonly version: string
  readonly secrets?: KnownSecrets | undefined
  /** Whether the state on disk is opened: only the server does. Default: it is in memory. */
  readonly keepsState?: boolean
}

/** The settings of a configuration that objects read whenever they need them. */
interface CurrentSettings {
  readonly limits: Limits
  readonly writes: boolean
  settingsOf(vendor: string): UpstreamSettings
}

/** The dependencies of the vendors of one configuration. */
export interface NextConfiguration {
  upstreamOf(vendor: string): UpstreamDependencies
  /** Makes the configuration the one in use. */
  commit(): void
}

/** Milliseconds that a shutdown waits for mutations in progress. */
const maxShutdownWait = 10_000

/** What the process keeps when the configuration is read again: connections, readings, rate limits and circuits. */
export class ProcessState {
  readonly transport: Transport
  readonly issuerTransport = createTransport(maxKeySetBytes)
  /** The keys of token issuers. */
  readonly keySets = new Map<string, JWTVerifyGetKey>()
  readonly replicas: Replicas
  /** What is kept over restarts; null when it is in Redis. */
  readonly store: StateStore | null
  readonly connections: ConnectionState
  readonly refusedHosts: RefusedHosts
  readonly secrets: KnownSecrets
  readonly redact: Redact
  /** Null when metrics are off. */
  readonly metrics: Metrics | null
  /** The history of changes. */
  readonly changes: Changes
  /** Called when there is another reading than before. */
  readonly readingListeners = new Listeners()
  /** How often that has happened. */
  readingChanges = 0
  #lastReload: LastReload | null = null
  readonly #clock: Clock
  readonly #log: Logger
  readonly #pendingWork = new PendingWork()
  readonly #kept = new KeptObjects()
  #current: CurrentSettings

  constructor(
    config: AnyConfig,
    { replicas, store, createMetrics }: ProcessParts,
    { clock, log, version, secrets }: Environment,
  ) {
    this.#clock = clock
    this.#log = log
    this.#current = toCurrentSettings(config)
    this.refusedHosts = new RefusedHosts(clock, log)
    this.replicas = replicas
    this.store = store
    this.changes = createChanges(replicas.history, { clock, log })
    this.transport = createTransport(() => this.#current.limits.vendorBody)
    this.secrets = secrets ?? new KnownSecrets()
    this.secrets.add(config.secrets)
    this.redact = createCurrentRedactor(this.secrets)
    this.metrics = createMetrics?.({ clock, version, redact: this.redact, kept: () => this.#keptStatus }) ?? null
    const current = () => this.#current
    this.connections = createConnectionState(clock, {
      get unsent() {
        return current().limits.unsent
      },
      get operations() {
        return current().limits.operations
      },
      get streams() {
        return current().limits.streams
      },
    })
  }

  get #keptStatus(): KeptStatus {
    return {
      isStateInMemory: (this.store?.problem ?? null) !== null,
      isRedisAlone: this.replicas.state === 'alone',
      changes: this.changes.history.count,
    }
  }

  /** Begins to build what the configuration needs. Until it is committed, the one before is in use. */
  begin(config: AnyConfig): NextConfiguration {
    const next = toCurrentSettings(config)
    const generation = this.#kept.begin()
    let isCommitted = false
    const current = () => (isCommitted ? this.#current : next)
    const onReadingChange = () => {
      this.readingChanges += 1
      this.readingListeners.notify()
    }
    return {
      upstreamOf: (vendor) => ({
        clock: this.#clock,
        transport: this.transport,
        log: this.#log,
        redact: this.redact,
        pendingWork: this.#pendingWork,
        replicas: this.replicas,
        kept: generation.of(vendor),
        onReadingChange,
        lists: this.changes.recorder,
        observer: this.metrics?.observer,
        get settings() {
          return current().settingsOf(vendor)
        },
        get readingLimits() {
          return current().limits.reading
        },
        get writes() {
          return current().writes
        },
      }),
      commit: () => {
        isCommitted = true
        this.#current = next
        this.refusedHosts.setting = config.source.nameOf(['server', 'hosts'])
        generation.commit(next.settingsOf)
      },
    }
  }

  /** Null before the configuration was read again. */
  get lastReload(): LastReload | null {
    return this.#lastReload
  }

  recordReload(reload: LastReload): void {
    this.#lastReload = reload
    if (this.metrics) this.metrics.isReloadSuccessful = reload.successful
  }

  /** Drops what the configuration in use does not need. To be called when the operations of the one before have ended. */
  endRemoved(): void {
    this.#kept.endRemoved()
  }

  /** Writes the audit lines of the mutations in progress, whose outcome is unknown. The process has to exit then. */
  abandon(): void {
    this.#pendingWork.abandon()
  }

  async close(): Promise<void> {
    await this.#pendingWork.settle(this.#clock, maxShutdownWait)
    this.#pendingWork.abandon()
    await Promise.all([this.transport.close(), this.issuerTransport.close(), this.changes.recorder.close()])
    await this.replicas.close()
    await this.store?.close()
  }
}

export async function createProcessState(config: AnyConfig, environment: Environment): Promise<ProcessState> {
  const [shared, createMetrics] = await Promise.all([createReplicas(config, environment), loadMetrics(config)])
  return new ProcessState(config, { ...shared, createMetrics }, environment)
}

type CreateMetrics = (options: ConstructorParameters<typeof Metrics>[0]) => Metrics

/** Imports the client of Prometheus only where metrics are enabled. */
async function loadMetrics({ metrics }: AnyConfig): Promise<CreateMetrics | null> {
  if (!metrics.enabled) return null
  const { Metrics } = await import('./metrics/metrics.ts')
  return (options) => new Metrics(options)
}

/** Imports the client of Redis only where Redis is configured. */
async function createReplicas(
  { redis, state }: AnyConfig,
  { clock, log, keepsState = false }: Pick<Environment, 'clock' | 'log' | 'keepsState'>,
): Promise<Pick<ProcessParts, 'replicas' | 'store'>> {
  if (redis) {
    const { createRedisReplica } = await import('./upstream/redis/replica.ts')
    return { replicas: createRedisReplica(redis, { clock, log }), store: null }
  }
  const store = keepsState ? await openStore(state, { clock, log }) : new MemoryStateStore()
  return { replicas: createSoleReplica(clock, store), store }
}

/** Imports LMDB only where there is a state on disk. */
async function openStore(
  { path, maxSize }: AnyConfig['state'],
  options: Pick<Environment, 'clock' | 'log'>,
): Promise<StateStore> {
  if (path === null) return new MemoryStateStore()
  const { openState } = await import('./state/open-state.ts')
  return openState({ path, maxBytes: maxSize, ...options })
}

function toCurrentSettings({ limits, writes, providers }: AnyConfig): CurrentSettings {
  return { limits, writes, settingsOf: (vendor) => providers[vendor]?.upstream ?? defaultSettings }
}
