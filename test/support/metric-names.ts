import { pageAt } from './documentation.ts'

const rows = [...pageAt('docs/metrics.md').text.matchAll(/^\| `((?:x509|certgraph)_\w+)` .*$/gm)]

/** The metrics in docs/metrics.md. A histogram has buckets. */
export const metricNames: readonly string[] = rows.map(([row, name = '']) =>
  row.includes('histogram') ? `${name}_bucket` : name,
)
