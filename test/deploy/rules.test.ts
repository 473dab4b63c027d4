import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { metricNamesIn } from '../../scripts/expressions/metric-names.ts'
import { alertRules, recordingRules, rulePath, withoutRecords } from '../support/alert-rules.ts'
import { dashboardExpressions } from '../support/dashboard.ts'
import { pageAt } from '../support/documentation.ts'
import { createFolder } from '../support/folder.ts'
import { metricNames } from '../support/metric-names.ts'
import { describeWithPrometheus, promtool } from '../support/prometheus.ts'

const testPath = 'deploy/prometheus/rules.test.yaml'

interface RuleTest {
  readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[]
  readonly promql_expr_test?: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[]
}

describeWithPrometheus('the alert rules', () => {
  it('are accepted by Prometheus', async () => {
    expect(await promtool('check', 'rules', '--lint=all', '--lint-fatal', rulePath)).toMatchObject({ code: 0 })
  })

  it('pass their tests', async () => {
    expect(await promtool('test', 'rules', testPath)).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') })
  }, 60_000)

  it.each([
    ['without the renewals', 'renewal_covered:max == 1', 'renewal_covered:max == 2'],
    ['without the lifetime', 'x509_cert_not_before', 'no_such_metric'],
    ['with an alert for each replica', 'max by (job,', 'max by (job, node, instance,'],
    [
      'when a lost reading ends the alert',
      'unless on (job, source_kind, source_name)',
      'and on (job, source_kind, source_name)',
    ],
    ['with certificates of x509-certificate-exporter', '{provider!=""}', ''],
    [
      'with sources of x509-certificate-exporter',
      ' and on (job, source_kind, source_name) certgraph_source_complete',
      '',
    ],
    [
      'when other metrics hide that there are none of certgraph',
      'absent(certgraph_source_complete)',
      'absent(x509_source_up)',
    ],
    [
      'with each list as one that certificates depend on',
      'certgraph:source_up:needed == 0',
      'certgraph:source_up:max == 0',
    ],
    ['without the name of a certificate', 'or $labels.subject_CN $labels.filepath', '$labels.subject_CN'],
  ])(
    'fail their tests %s',
    async (_, text, changed) => {
      const rules = readFileSync(rulePath, 'utf8')
      expect(rules).toContain(text)
      const folder = createFolder({
        'rules.yaml': rules.replaceAll(text, changed),
        'rules.test.yaml': readFileSync(testPath, 'utf8'),
      })
      expect(await promtool('test', 'rules', `${folder}/rules.test.yaml`)).toMatchObject({ code: 1 })
    },
    60_000,
  )
})

describe('each alert', () => {
  const { tests } = parse(readFileSync(testPath, 'utf8')) as { tests: readonly RuleTest[] }
  const byName = alertRules.map((rule) => [rule.alert, rule] as const)

  it.each(byName)('%s has a severity, texts for people, and a section of the runbook', (name, rule) => {
    expect(rule.labels['severity']).toMatch(/^(warning|critical)$/)
    expect(Object.keys(rule.annotations)).toEqual(['summary', 'description', 'runbook'])
    expect(rule.annotations['runbook']).toBe(`docs/operations.md#${name.toLowerCase()}`)
    const [, section = ''] =
      new RegExp(`^### ${name}\n(.*?)(?=^##|(?![^]))`, 'ms').exec(pageAt('docs/operations.md').text) ?? []
    expect(section.split(/\s+/).length).toBeGreaterThan(30)
  })

  it.each(byName)('%s is tested: that it fires, and with its texts', (name) => {
    const fired = tests.flatMap(({ alert_rule_test = [] }) =>
      alert_rule_test.filter(({ alertname, exp_alerts }) => alertname === name && exp_alerts.length > 0),
    )
    expect(fired).not.toEqual([])
  })

  it.each(byName)('%s uses metrics that certgraph has', (_, { expr }) => {
    const metrics = metricNamesIn(withoutRecords(expr))
    expect(metrics).not.toEqual([])
    expect(metrics.filter((name) => !metricNames.includes(name))).toEqual([])
  })

  it.each(recordingRules.map(({ record }) => [record]))(
    'can use %s, which an alert or the dashboard uses',
    (record) => {
      const users = [...alertRules, ...recordingRules, ...dashboardExpressions].filter(({ expr }) =>
        expr.includes(record),
      )
      expect(users).not.toEqual([])
    },
  )
})

describe('the runbook', () => {
  it('has a section for each alert and for no other one', () => {
    const sections = [...pageAt('docs/operations.md').text.matchAll(/^### (Certgraph\w+)$/gm)].map(([, name]) => name)
    expect(sections).toEqual(alertRules.map(({ alert }) => alert))
  })
})
