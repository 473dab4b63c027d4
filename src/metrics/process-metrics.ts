import { collectDefaultMetrics, Registry } from 'prom-client'

/** Gauges with names of counters: `promtool check metrics` reports them. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

let registry: Registry | null = null

/** The metrics of the process. They observe the event loop and the garbage collector from the first scrape on. */
export function processRegistry(): Registry {
  if (registry) return registry
  registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  return registry
}
