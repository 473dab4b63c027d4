import { pageAt } from './documentation.ts'

/** The metrics of an expression: the names that are not functions, keywords or labels. */
export function metricsIn(expression: string): readonly string[] {
  const withoutLabels = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(?:without|by|on|ignoring|group_left|group_right) *\([^)]*\)/g, '')
  return [...new Set(withoutLabels.match(/\b(?:x509|certgraph|nodejs|process)_\w+/g))]
}

const rows = [...pageAt('docs/metrics.md').text.matchAll(/^\| `((?:x509|certgraph)_\w+)` .*$/gm)]

/** The metrics in docs/metrics.md. A histogram has buckets. */
export const metricNames: readonly string[] = rows.map(([row, name = '']) =>
  row.includes('histogram') ? `${name}_bucket` : name,
)
