import { Gauge, Histogram, Registry } from 'prom-client'
import type { ExpiryRules } from '../catalog/expiry.ts'
import type { Caller } from '../operation.ts'
import type { Vendor } from '../providers/provider.ts'
import { responseTime } from '../response-time.ts'
import type { StreamCounter } from '../server/stream-counter.ts'
import type { EndedOperation, MetricsSource } from '../server/use-metrics.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import type { UpstreamObserver } from '../upstream/observer.ts'
import { toAccountFamilies } from './account-families.ts'
import { createCertificateLabels } from './certificate-labels.ts'
import { createKeptMetrics, type KeptStatus } from './kept-metrics.ts'
import type { Redact } from './label-value.ts'
import { NotifyMetrics } from './notify-metrics.ts'
import { OperationMetrics } from './operation-metrics.ts'
import type { OwnerOf } from './owner.ts'
import { PlaceMetrics } from './place-metrics.ts'
import { processRegistry } from './process-metrics.ts'
import { SourceErrors } from './source-errors.ts'
import { createStreamMetrics } from './stream-metrics.ts'
import { printFamily } from './text-format.ts'
import { UpstreamMetrics } from './upstream-metrics.ts'

export interface MetricsOptions {
  readonly clock: Clock
  readonly version: string
  readonly redact: Redact
  readonly kept: () => KeptStatus
}

/** What a configuration says about metrics. */
export interface MetricsSettings {
  /** The vendors whose places have metrics. */
  readonly vendors: readonly Vendor[]
  readonly expiry: ExpiryRules
  /** How many certificates have series of their own. */
  readonly certificates: number
  /** The names of operations that are labels. */
  readonly operations: Iterable<string>
  readonly ownerOf: OwnerOf
}

/** The places that a caller may see. */
type Visitor = Pick<Caller, 'places'>

/** What is counted, and the text that Prometheus scrapes. */
export class Metrics implements MetricsSource {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  /** Receives what happens between this program and the vendors. */
  readonly observer: UpstreamObserver
  /** Receives what happens to streams. */
  readonly streams: StreamCounter
  /** Receives what happens between this program and the receivers of notifications. */
  readonly notify: NotifyMetrics
  readonly #registry = new Registry()
  readonly #clock: Clock
  readonly #operations: OperationMetrics
  readonly #places: PlaceMetrics
  readonly #scrapes: Histogram
  readonly #reload: Gauge
  readonly #timeSlice: TimeSlice = responseTime
  readonly #pending = new Map<string, Promise<readonly Buffer[]>>()
  /** Null until a configuration is in use. */
  #settings: MetricsSettings | null = null

  constructor({ clock, version, redact, kept }: MetricsOptions) {
    const registers = [this.#registry]
    const errors = new SourceErrors()
    const upstream = new UpstreamMetrics(this.#registry)
    const labelsOf = createCertificateLabels(redact)
    this.#clock = clock
    this.#operations = new OperationMetrics(this.#registry)
    this.streams = createStreamMetrics(this.#registry)
    this.notify = new NotifyMetrics(this.#registry)
    createKeptMetrics(this.#registry, kept)
    this.#places = new PlaceMetrics({ clock, errors, labelsOf })
    this.#scrapes = new Histogram({
      name: 'x509_scrape_duration_seconds',
      help: 'Time that a scrape of these metrics takes.',
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30],
      registers,
    })
    this.#reload = new Gauge({
      name: 'certgraph_config_last_reload_successful',
      help: '1 if the configuration file was valid when it was last read, else 0.',
      registers,
    })
    this.#reload.set(1)
    new Gauge({ name: 'certgraph_build_info', help: '1, with the version.', labelNames: ['version'], registers }).set(
      { version },
      1,
    )
    this.observer = {
      requestEnded: (request) => upstream.countRequest(request),
      readingsServed: (result, count) => upstream.countReadings(result, count),
      readingFailed: (source, error) => errors.count(source, error),
    }
  }

  /** Begins to use a configuration. What was counted stays. */
  use(settings: MetricsSettings): void {
    this.#settings = settings
    this.#operations.addNames(settings.operations)
  }

  /** Whether the configuration file was valid when it was last read. */
  set isReloadSuccessful(isSuccessful: boolean) {
    this.#reload.set(Number(isSuccessful))
  }

  countOperation(operation: EndedOperation): void {
    this.#operations.count(operation)
  }

  /**
   * The metrics in the text format. A caller with a list of places gets those of these places only. Scrapes at the same time
   * share one answer. Makes no call.
   */
  scrape(caller: Visitor): Promise<readonly Buffer[]> {
    const key = caller.places === null ? '' : JSON.stringify([...caller.places].sort())
    const known = this.#pending.get(key)
    if (known !== undefined) return known
    const parts = this.#print(caller).finally(() => this.#pending.delete(key))
    this.#pending.set(key, parts)
    return parts
  }

  async #print(caller: Visitor): Promise<readonly Buffer[]> {
    const startedAt = this.#clock.elapsed()
    try {
      const settings = this.#settings
      if (!settings) return []
      const { vendors, expiry, certificates: limit, ownerOf } = settings
      const families = await this.#places.collect(vendors, caller, { expiry, limit, ownerOf }, this.#timeSlice)
      const general = caller.places === null ? toAccountFamilies(vendors) : []
      const parts: Buffer[] = []
      for (const family of [...families, ...general]) parts.push(...(await printFamily(family, this.#timeSlice)))
      if (caller.places === null) {
        for (const registry of [this.#registry, processRegistry()]) parts.push(Buffer.from(await registry.metrics()))
      }
      return parts
    } finally {
      this.#scrapes.observe((this.#clock.elapsed() - startedAt) / 1000)
    }
  }
}
