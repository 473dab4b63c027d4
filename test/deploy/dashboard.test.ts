import { describe, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import { metricNamesIn } from '../../scripts/expressions/metric-names.ts'
import { dashboard, dashboardExpressions, type Panel } from '../support/dashboard.ts'
import { createFolder } from '../support/folder.ts'
import { metricNames } from '../support/metric-names.ts'
import { describeWithPrometheus, promtool } from '../support/prometheus.ts'

const queried = dashboard.panels.filter(({ type }) => type !== 'row')

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

describe('the dashboard of Grafana', () => {
  it('begins with the verdict, and then has the certificates, the sources and the rate limits', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual(['Verdict', 'Certificates', 'Sources', 'Rate limits and vendors', 'certgraph'])
    expect(queried[0]).toMatchObject({ title: 'Verdict', gridPos: { x: 0, y: 1 } })
  })

  it('has panels with different ids that do not overlap and are 24 columns wide', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    for (const [index, panel] of dashboard.panels.entries()) {
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24)
      const others = dashboard.panels.slice(index + 1).filter((other) => overlap(panel, other))
      expect([panel.title, others.map(({ title }) => title)]).toEqual([panel.title, []])
    }
  })

  it('lets the reader choose the data source, and all panels use it', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39)
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['provider', 'query'],
      ['owner', 'query'],
    ])
    for (const { title, datasource, description = '' } of queried) {
      expect([title, datasource?.uid]).toEqual([title, `\${datasource}`])
      expect(description).toMatch(/\.$/)
    }
  })

  it.each(queried.filter(({ type }) => type === 'table').map((panel) => [panel.title, panel] as const))(
    'joins the columns of the table %s, and names each of them',
    (_, { targets = [], transformations = [] }) => {
      expect(transformations.map(({ id }) => id)).toEqual(['merge', 'organize'])
      const { renameByName = {} }: { renameByName?: object } = transformations[1]?.options ?? {}
      for (const { refId, format } of targets) {
        expect(format).toBe('table')
        expect(renameByName).toHaveProperty([targets.length === 1 ? 'Value' : `Value #${refId}`])
      }
    },
  )
})

describe('the expressions of the dashboard', () => {
  it.each(dashboardExpressions.map(({ name, expr }) => [name, expr] as const))(
    '%s uses metrics that certgraph has, and does not count replicas twice',
    (name, expr) => {
      const metrics = metricNamesIn(expr)
      expect(metrics).not.toEqual([])
      expect(metrics.filter((metric) => !metricNames.includes(metric))).toEqual([])
      expect(expr).not.toContain('$')
      // Replicas make their own calls, so counters are added up. Build information counts the replicas themselves.
      const gauges = [...expr.matchAll(/(\w+ without \(instance, pod[^)]*\) \()?\b((?:x509|certgraph)_\w+)/g)].filter(
        ([, , metric = '']) => !/_(total|bucket|info)$/.test(metric),
      )
      const counted = gauges.filter(([, aggregation = '']) => !/^(max|min) /.test(aggregation))
      expect([name, counted.map(([text]) => text)]).toEqual([name, []])
    },
  )
})

describeWithPrometheus('the syntax of the expressions of the dashboard', () => {
  it('is accepted by Prometheus', async () => {
    const rules = dashboardExpressions.map(({ expr }, index) => ({ record: `dashboard:expression:${index}`, expr }))
    const folder = createFolder({ 'rules.yaml': stringify({ groups: [{ name: 'dashboard', rules }] }) })
    expect(await promtool('check', 'rules', `${folder}/rules.yaml`)).toEqual({
      code: 0,
      output: expect.stringContaining(`${dashboardExpressions.length} rules found`),
    })
  })
})
