import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import { metricNamesIn } from '../../scripts/expressions/metric-names.ts'
import { rulePath, withoutRecords } from '../support/alert-rules.ts'
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
      const expanded = withoutRecords(expr)
      const metrics = metricNamesIn(expanded)
      expect(metrics).not.toEqual([])
      expect(metrics.filter((metric) => !metricNames.includes(metric))).toEqual([])
      expect(expr).not.toContain('$')
      // Replicas make their own calls, so counters are added up. Build information counts the replicas themselves.
      const joined =
        / and on \(job, source_kind, source_name\) (?:certgraph_source_complete|x509_source_bundles)|label_replace\(x509_source_bundles/g
      const gauges = [
        ...expanded.replaceAll(joined, '').matchAll(/(\w+ by \([^)]*\) \()?\b((?:x509|certgraph)_\w+)/g),
      ].filter(([, , metric = '']) => !/_(total|bucket|info)$/.test(metric))
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

describe('a tile without data', () => {
  const tiles = queried.filter(({ fieldConfig }) => fieldConfig?.defaults.thresholds)

  it.each(tiles.map((panel) => [panel.title, panel] as const))('%s is grey', (_, { type, fieldConfig }) => {
    if (type !== 'stat') return
    const [base, zero] = fieldConfig?.defaults.thresholds?.steps ?? []
    expect(base).toEqual({ color: '#808080', value: null })
    expect(zero).toMatchObject({ value: 0 })
  })

  it('shows no value when Prometheus has no metrics of certgraph', async () => {
    const stats = dashboardExpressions.filter(({ name }) =>
      tiles.some(({ title, type }) => type === 'stat' && name === `${title} A`),
    )
    expect(stats.length).toBeGreaterThan(5)
    expect(
      await evaluate(
        [],
        stats.map(({ expr }) => [expr, null]),
      ),
    ).toMatchObject({ code: 0 })
  })
})

/** Evaluates expressions with the rules after ten minutes in which the series had the same values. */
async function evaluate(
  series: readonly string[],
  expected: readonly (readonly [expr: string, value: number | null])[],
) {
  const tests = {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series.map((each) => ({ series: each.split(' = ')[0], values: `${each.split(' = ')[1]}x10` })),
        promql_expr_test: expected.map(([expr, value]) => ({
          expr,
          eval_time: '10m',
          exp_samples: value === null ? [] : [{ labels: '{}', value }],
        })),
      },
    ],
  }
  const folder = createFolder({ 'rules.yaml': readFileSync(rulePath, 'utf8'), 'tests.yaml': stringify(tests) })
  return promtool('test', 'rules', `${folder}/tests.yaml`)
}

describeWithPrometheus('the verdict', () => {
  const verdict = dashboardExpressions.find(({ name }) => name === 'Verdict A')?.expr ?? ''
  const source = (name: string, kind = 'akamai') => `{job="j", source_kind="${kind}", source_name="${name}"}`
  const list = (name: string, { up = 1, complete = 1, kind = 'akamai' } = {}) => [
    `x509_source_up${source(name, kind)} = ${up}`,
    `x509_source_bundles${source(name, kind)} = 1`,
    `certgraph_source_complete${source(name, kind)} = ${complete}`,
  ]
  const other = (name: string, up: number) =>
    list(name, { up, complete: up }).filter((each) => !each.includes('bundles'))
  const certificate = (name: string, value: number) =>
    `${name}{job="j", provider="AKAMAI", filepath="a", discriminator="1", owner="o"} = ${value}`
  const good = [...list('C-1'), certificate('x509_cert_not_after', 31_536_000), certificate('x509_cert_expired', 0)]
  const [ok, warning, unknown, critical] = [0, 1, 2, 3]

  it.each([
    ['OK when nothing is wrong', good, ok],
    ['OK when a list that no certificate depends on cannot be read', [...good, ...other('C-1/enrollments', 0)], ok],
    [
      'OK whatever x509-certificate-exporter has',
      [...good, `x509_source_up${source('f', 'file')} = 0`, 'x509_cert_expired{filepath="f"} = 1'],
      ok,
    ],
    ['UNKNOWN when a list of certificates cannot be read', [...good, ...list('C-2', { up: 0, complete: 0 })], unknown],
    ['UNKNOWN when the places of an account are not known', [...good, ...other('acme/discovery', 0)], unknown],
    ['UNKNOWN when rows are lost', [...good, ...list('C-2', { complete: 0 })], unknown],
    [
      'UNKNOWN when an expiry is not known',
      [...good, 'certgraph_certificate_expiry_unknown{job="j", owner="o"} = 1'],
      unknown,
    ],
    [
      'UNKNOWN when certificates have no metrics',
      [...good, 'certgraph_metrics_certificates_omitted{job="j"} = 1'],
      unknown,
    ],
    [
      'WARNING when a certificate expires soon',
      [...list('C-1'), certificate('x509_cert_not_after', 2_000_000)],
      warning,
    ],
    [
      'CRITICAL when one expires sooner, even if rows are lost',
      [...list('C-1', { complete: 0 }), certificate('x509_cert_not_after', 900_000)],
      critical,
    ],
    ['CRITICAL when one has expired', [...list('C-1'), certificate('x509_cert_expired', 1)], critical],
  ])('is %s', async (_, series, value) => {
    expect(await evaluate(series, [[verdict, value]])).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') })
  })
})
