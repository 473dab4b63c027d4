/**
 * Evaluates every expression of Grafana dashboards and Prometheus rules against the sandbox:
 * `npm run expressions -- <files or folders>`. It starts the sandbox, and Debian's Prometheus which scrapes it. Fails for an
 * expression with an error, and for a metric that the sandbox does not have.
 */
import { argv, exit, stdout } from 'node:process'
import { collectExpressions, type Expression } from './expressions/collect.ts'
import { metricNamesIn } from './expressions/metric-names.ts'
import { type RunningPrometheus, startPrometheus } from './expressions/running-prometheus.ts'
import { startSandbox } from './expressions/running-sandbox.ts'

/** Metrics of enix/x509-certificate-exporter about what certgraph does not have. */
const absent: ReadonlyMap<string, string> = new Map([
  ['x509_crl_next_update', 'no revocation lists'],
  ['x509_crl_stale', 'no revocation lists'],
  ['x509_jks_passphrase_failures_total', 'no key stores'],
  ['x509_kube_transport_errors_total', 'no Kubernetes API'],
  ['x509_pkcs12_passphrase_failures_total', 'no key stores'],
  ['x509_read_errors', 'a metric of version 3 of the exporter'],
])

const paths = argv.slice(2)
if (paths.length === 0) {
  stdout.write('usage: check-expressions <dashboards (JSON), rules (YAML), or folders with them>\n')
  exit(2)
}

/** Returns what is wrong with an expression; null when nothing is. Prints a line about it. */
async function check({ origin, text }: Expression, running: RunningPrometheus, known: ReadonlySet<string>) {
  const names = metricNamesIn(text)
  const missing = names.filter((name) => !known.has(name) && !absent.has(name))
  const { rejection = null, count } = await evaluate(text, running)
  const problem = rejection ?? (missing.length > 0 ? `no metric ${missing.join(', ')}` : null)
  const reasons = names.flatMap((name) => (known.has(name) ? [] : (absent.get(name) ?? [])))
  const note = reasons.length > 0 ? ` (${[...new Set(reasons)].join(', ')})` : ''
  const outcome = problem === null ? `ok, ${count} series${note}` : `FAILED: ${problem}`
  stdout.write(`${origin}: ${text.replace(/\s+/g, ' ')}\n    ${outcome}\n`)
  return problem
}

async function evaluate(text: string, running: RunningPrometheus): Promise<{ rejection?: string; count: number }> {
  try {
    return { count: (await running.query(text)).length }
  } catch (error) {
    return { rejection: error instanceof Error ? error.message : String(error), count: 0 }
  }
}

/** The metrics that the target describes: one without a series at the moment is not missing. */
async function describedBy(address: string): Promise<readonly string[]> {
  const text = await (await fetch(`http://${address}/metrics`)).text()
  const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return families.flatMap(([, name = '', type]) =>
    type === 'histogram' ? [name, ...['bucket', 'count', 'sum'].map((suffix) => `${name}_${suffix}`)] : [name],
  )
}

async function checkAll(): Promise<number> {
  const { expressions, recorded } = collectExpressions(paths)
  const sandbox = await startSandbox()
  try {
    const running = await startPrometheus([sandbox.address])
    try {
      const described = await describedBy(sandbox.address)
      const known = new Set([...(await running.metricNames()), ...described, ...recorded, 'ALERTS'])
      const problems: unknown[] = []
      for (const expression of expressions) {
        const problem = await check(expression, running, known)
        if (problem !== null) problems.push(problem)
      }
      stdout.write(`${expressions.length} expressions, ${problems.length} failed\n`)
      return expressions.length === 0 || problems.length > 0 ? 1 : 0
    } finally {
      await running.close()
    }
  } finally {
    await sandbox.close()
  }
}

exit(await checkAll())
