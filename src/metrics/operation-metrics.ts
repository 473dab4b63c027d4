import { Counter, Histogram, type Registry } from 'prom-client'
import type { EndedOperation } from '../server/use-metrics.ts'

/** The name of every operation that is not listed. */
const other = 'other'

/** Seconds. An answer that is stored takes less than a millisecond, and an operation ends after 25 seconds by default. */
const buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 10, 25]

/** Counts operations by name. Only listed names are labels: clients choose the others. */
export class OperationMetrics {
  readonly #names = new Set<string>()
  readonly #operations: Counter
  readonly #durations: Histogram

  constructor(registry: Registry) {
    const registers = [registry]
    this.#operations = new Counter({
      name: 'certgraph_operations_total',
      help: 'GraphQL operations, those with a stored answer included.',
      labelNames: ['name', 'outcome'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'certgraph_operation_duration_seconds',
      help: 'Time from the arrival of an operation to its answer.',
      labelNames: ['name'],
      buckets,
      registers,
    })
    this.addNames([other])
  }

  /** Gives operations with these names series of their own. */
  addNames(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#names.has(name)) continue
      this.#names.add(name)
      this.#operations.inc({ name, outcome: 'success' }, 0)
      this.#durations.zero({ name })
    }
  }

  count({ name, outcome, milliseconds }: EndedOperation): void {
    const label = name !== undefined && this.#names.has(name) ? name : other
    this.#operations.inc({ name: label, outcome })
    this.#durations.observe({ name: label }, milliseconds / 1000)
  }
}
