import { Counter, Histogram, type Registry } from 'prom-client'
import type { EndedRequest, ReadingResult } from '../upstream/observer.ts'
import { toFailureReason } from './failure-reason.ts'
import { toResourceLabel } from './label-value.ts'

const results = ['fresh', 'stale', 'miss', 'shared'] as const satisfies readonly ReadingResult[]

/** Seconds. A call may take ten by default. */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Counts the requests to vendors, and what the cache of readings does. */
export class UpstreamMetrics {
  readonly #requests: Counter
  readonly #durations: Histogram
  readonly #readings: Counter

  constructor(registry: Registry) {
    const registers = [registry]
    this.#requests = new Counter({
      name: 'certgraph_upstream_requests_total',
      help: 'Requests to vendors. The outcome is success, or why the request failed.',
      labelNames: ['provider', 'account', 'operation', 'outcome'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'certgraph_upstream_request_duration_seconds',
      help: 'Time until a vendor has answered a request and the answer was parsed.',
      labelNames: ['provider', 'operation'],
      buckets,
      registers,
    })
    this.#readings = new Counter({
      name: 'certgraph_readings_total',
      help: 'Readings that operations got: kept within their ttl, kept and older, made for the operation, or shared.',
      labelNames: ['result'],
      registers,
    })
    for (const result of results) this.#readings.inc({ result }, 0)
  }

  countRequest({ provider, account, resource, startedAt, endedAt, error }: EndedRequest): void {
    const operation = toResourceLabel(resource)
    const outcome = error === undefined ? 'success' : toFailureReason(error)
    this.#requests.inc({ provider, account, operation, outcome })
    this.#durations.observe({ provider, operation }, (endedAt - startedAt) / 1000)
  }

  countReadings(result: ReadingResult, count: number): void {
    this.#readings.inc({ result }, count)
  }
}
