import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type RunningPrometheus, startPrometheus } from '../../scripts/expressions/running-prometheus.ts'
import { alertRules, rulePath } from '../support/alert-rules.ts'
import { addressOf, type BuiltProgram, buildProgram } from '../support/built-program.ts'
import { dashboardExpressions } from '../support/dashboard.ts'
import { describeWithPrometheus } from '../support/prometheus.ts'
import { exporterExpressions } from '../support/x509-exporter-expressions.ts'

interface Answer {
  readonly data: Readonly<Record<string, { readonly totalCount: number; readonly complete: boolean }>>
}

describeWithPrometheus('two sandboxes that Prometheus scrapes', () => {
  let program: BuiltProgram
  let prometheus: RunningPrometheus
  let urls: readonly string[]

  beforeAll(async () => {
    program = await buildProgram()
    const replicas = ['a', 'b'].map(() => program.start({ LOG_LEVEL: 'silent' }))
    urls = (await Promise.all(replicas.map(addressOf))).map(({ url }) => url)
    for (const url of urls) await count(url, 'filter: { expiringUncovered: "P1000D" }')
    prometheus = await startPrometheus(
      urls.map((url) => new URL(url).host),
      rulePath,
    )
    // The rules have evaluated series of the first scrapes.
    const isRecorded = async () => (await prometheus.query('certgraph:source_up:needed')).length > 0
    while (!(await isRecorded())) await wait(100)
  }, 120_000)
  afterAll(async () => {
    program?.killAll()
    await prometheus?.close()
  })

  /** The number of certificates, as the API counts them. */
  async function count(url: string | undefined, filter = ''): Promise<number> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ certificates(first: 1, ${filter}) { totalCount complete } }` }),
    })
    const { data } = (await response.json()) as Answer
    expect(data['certificates']?.complete).toBe(true)
    return data['certificates']?.totalCount ?? Number.NaN
  }

  /** The sum of the series of a panel's expression. */
  async function sumOf(panel: string): Promise<number> {
    const found = dashboardExpressions.find(({ name }) => name === panel)
    const series = await prometheus.query(found?.expr ?? '')
    return series.reduce((sum, { value }) => sum + Number(value[1]), 0)
  }

  it.each(dashboardExpressions.map(({ name, expr }) => [name, expr] as const))(
    'have a value for each panel of the dashboard: %s',
    async (_, expr) => {
      expect((await prometheus.query(expr)).length).toBeGreaterThan(0)
    },
  )

  it.each(exporterExpressions)(
    'have a value for the dashboard and the rules of x509-certificate-exporter: %s',
    async (expr) => {
      expect((await prometheus.query(expr)).length).toBeGreaterThan(0)
    },
  )

  it('cause no error in an alert rule', async () => {
    const rules = await prometheus.rules()
    expect(rules.map(({ name }) => name).sort()).toEqual(alertRules.map(({ alert }) => alert).sort())
    for (const { name, health, lastError } of rules) expect({ name, health, lastError }).toEqual({ name, health: 'ok' })
  })

  it('have as many certificates in the dashboard as in the API', async () => {
    const [url] = urls
    expect(await sumOf('By owner E')).toBe(await count(url))
    expect(await sumOf('By owner A')).toBe(await sumOf('Expired A'))
    const owners = await prometheus.query('count by (owner) (x509_cert_expired)')
    expect(owners.length).toBeGreaterThan(1)
    expect(await sumOf('Expired A')).toBe(await count(url, 'filter: { expiryStatuses: [EXPIRED] }'))
    // The vendor says of another one that it has expired, but not when.
    expect(await sumOf('Unknown expiry A')).toBe((await count(url, 'filter: { expiryStatuses: [UNKNOWN] }')) + 1)
    expect(await sumOf('Sources down A')).toBe(0)
    expect(await sumOf('Replicas A')).toBe(2)
    expect(await sumOf('Verdict A')).toBe(3)
  })

  it.each([
    ['CertgraphCertificateExpiring', 'filter: { expiringUncovered: "P1000D", expiryStatuses: [WARNING] }'],
    ['CertgraphCertificateExpiringCritical', 'filter: { expiringUncovered: "P1000D", expiryStatuses: [CRITICAL] }'],
    ['CertgraphCertificateExpired', 'filter: { expiryStatuses: [EXPIRED] }'],
  ])('alert on the certificates that have this status in the API: %s', async (alert, filter) => {
    const expr = alertRules.find((rule) => rule.alert === alert)?.expr ?? ''
    const alerts = await prometheus.query(expr)
    const expected = await count(urls[0], filter)
    expect(expected).toBeGreaterThan(0)
    expect(alerts.map(({ metric }) => metric['filepath'])).toHaveLength(expected)
    for (const { metric } of alerts) expect(metric['filepath']).toMatch(/^(openai|akamai|liveperson)\//)
  })
})
