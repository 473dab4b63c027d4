import { readFileSync } from 'node:fs'

export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: { readonly type: string; readonly uid: string }
  readonly fieldConfig?: {
    readonly defaults: {
      readonly thresholds?: { readonly steps: readonly { readonly color: string; readonly value: number | null }[] }
    }
  }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly format?: string }[]
  readonly transformations?: readonly { readonly id: string; readonly options: object }[]
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] }
  readonly panels: readonly Panel[]
}

export const dashboard: Dashboard = JSON.parse(readFileSync('deploy/grafana/certgraph.json', 'utf8'))

/** The expressions of the dashboard, with a value for each variable of Grafana. */
export const dashboardExpressions: readonly { readonly name: string; readonly expr: string }[] =
  dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({
      name: `${title} ${refId}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(provider|owner)\b/g, '.*'),
    })),
  )
