import { Gauge, type Registry } from 'prom-client'

/** Where the process keeps what restarts and replicas need. */
export interface KeptStatus {
  /** Whether the state is in memory although it is meant to be on disk. */
  readonly isStateInMemory: boolean
  /** Whether this replica has lost Redis. */
  readonly isRedisAlone: boolean
  /** The changes in the history, as far as this process has read it. */
  readonly changes: number
}

export function createKeptMetrics(registry: Registry, status: () => KeptStatus): void {
  const gauge = (name: string, help: string, toValue: (status: KeptStatus) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(toValue(status()))
      },
    })
  gauge(
    'certgraph_state_in_memory',
    '1 if the state is in memory although it is meant to be on disk, else 0.',
    ({ isStateInMemory }) => Number(isStateInMemory),
  )
  gauge(
    'certgraph_redis_alone',
    '1 if Redis is configured and this replica works without it, else 0.',
    ({ isRedisAlone }) => Number(isRedisAlone),
  )
  gauge('certgraph_history_changes', 'Changes of certificates in the history.', ({ changes }) => changes)
}
