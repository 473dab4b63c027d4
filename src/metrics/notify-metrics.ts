import { Counter, Gauge, type Registry } from 'prom-client'

/** What the metrics say of an endpoint. */
export interface NotifiedEndpoint {
  readonly label: string
  readonly queued: number
  /** Milliseconds; null when the queue is empty. */
  readonly oldestAge: number | null
  readonly failure: string | null
  readonly isStopped: boolean
}

const results = ['delivered', 'failed', 'given_up', 'gone'] as const
type Result = (typeof results)[number]

/** Counts the notifications of each endpoint. An endpoint is named by its name or its position: its URL is a secret. */
export class NotifyMetrics {
  readonly #attempts: Counter
  /** The endpoints that this process sends to. */
  #statuses: () => readonly NotifiedEndpoint[] = () => []

  constructor(registry: Registry) {
    const registers = [registry]
    this.#attempts = new Counter({
      name: 'certgraph_notify_deliveries_total',
      help: 'Attempts to deliver a notification by result, and messages that were given up.',
      labelNames: ['endpoint', 'result'],
      registers,
    })
    const gauge = (name: string, help: string, toValue: (endpoint: NotifiedEndpoint) => number) => {
      const statuses = () => this.#statuses()
      new Gauge({
        name,
        help,
        labelNames: ['endpoint'],
        registers,
        collect() {
          this.reset()
          for (const endpoint of statuses()) this.set({ endpoint: endpoint.label }, toValue(endpoint))
        },
      })
    }
    gauge('certgraph_notify_queue_messages', 'Notifications that wait for an attempt.', ({ queued }) => queued)
    gauge(
      'certgraph_notify_queue_oldest_age_seconds',
      'Age of the oldest notification that waits for an attempt. 0 when none does.',
      ({ oldestAge }) => (oldestAge ?? 0) / 1000,
    )
    gauge(
      'certgraph_notify_endpoint_up',
      '0 if the last attempt to deliver a notification has failed, or the receiver wants no more, else 1.',
      ({ failure, isStopped }) => Number(failure === null && !isStopped),
    )
  }

  /** Begins to use the endpoints of a configuration. What was counted stays. */
  use(endpoints: readonly string[], statuses: () => readonly NotifiedEndpoint[]): void {
    this.#statuses = statuses
    for (const endpoint of endpoints) for (const result of results) this.#attempts.inc({ endpoint, result }, 0)
  }

  countAttempt(endpoint: string, result: Result): void {
    this.#attempts.inc({ endpoint, result })
  }
}
