import { spawnSync } from 'node:child_process'
import { execPath } from 'node:process'
import { describe, expect, it } from '@jest/globals'
import { collectExpressions } from '../../scripts/expressions/collect.ts'
import { metricNamesIn } from '../../scripts/expressions/metric-names.ts'
import { createFolder } from '../support/folder.ts'
import { describeWithPrometheus } from '../support/prometheus.ts'

describe('the metrics in an expression', () => {
  it.each([
    ['up', ['up']],
    ['sum by (job) (rate(a_total{x="b_total"}[5m])) > bool 0', ['a_total']],
    ['a unless on (filepath, owner) b == 1 or max without(instance) (c)', ['a', 'b', 'c']],
    ['a * on (x) group_left (y) b offset 5m', ['a', 'b']],
    ['(time() - a) / 86400 < 1e3 and vector(1)', ['a']],
    ['label_replace(a, "b", "c d", "e", "f")', ['a']],
    ['sum(job:a:rate5m) by (job)', ['job:a:rate5m']],
  ])('are found: %s', (expression, names) => {
    expect(metricNamesIn(expression)).toEqual(names)
  })
})

const dashboard = {
  templating: {
    list: [
      { name: 'days', type: 'custom', query: '7,14', current: { value: '14' } },
      { name: 'owner', type: 'query', query: 'label_values(x509_cert_not_after, owner)', current: { value: '$__all' } },
    ],
  },
  panels: [
    { targets: [{ expr: 'x509_cert_not_after{owner=~"$owner"} - time() < $days * 86400' }] },
    { panels: [{ targets: [{ expr: 'rate(certgraph_operations_total[$__rate_interval])' }] }] },
  ],
}
const rules = `
groups:
  - name: certgraph
    rules:
      - { record: "source:down", expr: x509_source_up == 0 }
      - { alert: Down, expr: "source:down" }
`
const template = `{{- if .Values.rules.create }}
spec:
  groups:
  - rules:
    - alert: Soon
      expr: {{ default (printf "x509_cert_not_after - time() < (%v * 86400)" .Values.rules.days) (get $o "Soon") | quote }}
    - alert: Error
      expr: {{ default "x509_cert_error{place=\\"a\\"} > 0" (get $o "Error") | quote }}
{{- end }}
`

describe('the expressions in files', () => {
  it('are those of dashboards, rules and templates, with the values of variables', () => {
    const folder = createFolder({
      'dashboard.json': JSON.stringify(dashboard),
      'rules.yaml': rules,
      'values.yaml': 'rules: { days: 28 }',
      'templates/rules.yaml': template,
    })
    const { expressions, recorded } = collectExpressions([folder])
    expect(expressions.map(({ text }) => text).toSorted()).toEqual(
      [
        'x509_cert_not_after',
        'x509_cert_not_after{owner=~".*"} - time() < 14 * 86400',
        'rate(certgraph_operations_total[1m])',
        'x509_source_up == 0',
        'source:down',
        'x509_cert_not_after - time() < (28 * 86400)',
        'x509_cert_error{place="a"} > 0',
      ].toSorted(),
    )
    expect(recorded).toEqual(['source:down'])
  })
})

describeWithPrometheus('npm run expressions', () => {
  const run = (files: Record<string, string>) =>
    spawnSync(execPath, ['--import', 'tsx', 'scripts/check-expressions.ts', createFolder(files)], { encoding: 'utf8' })

  it('evaluates every expression against the sandbox, which Prometheus scrapes', () => {
    const { stdout, status } = run({ 'dashboard.json': JSON.stringify(dashboard), 'rules.yaml': rules })
    expect(stdout).toContain('x509_cert_not_after{owner=~".*"} - time() < 14 * 86400\n    ok, ')
    expect(stdout).not.toMatch(/x509_cert_not_after\n {4}ok, 0 series/)
    expect([stdout.trim().split('\n').at(-1), status]).toEqual(['5 expressions, 0 failed', 0])
  }, 120_000)

  it('fails for an expression with an error, and for a metric that does not exist', () => {
    const wrong = { panels: [{ expr: 'sum(' }, { expr: 'x509_cert_not_afterwards' }, { expr: 'x509_crl_stale > 0' }] }
    const { stdout, status } = run({ 'wrong.json': JSON.stringify(wrong) })
    expect(stdout).toContain('FAILED: invalid parameter "query"')
    expect(stdout).toContain('FAILED: no metric x509_cert_not_afterwards')
    expect([stdout.trim().split('\n').at(-1), status]).toEqual(['3 expressions, 2 failed', 1])
  }, 120_000)
})
