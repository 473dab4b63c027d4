import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

/** Of Debian's package prometheus. */
export const prometheusPath = '/usr/bin/prometheus'

interface Series {
  readonly metric: Readonly<Record<string, string>>
  /** Its time and its value. */
  readonly value: readonly [number, string]
}

interface EvaluatedRule {
  readonly name: string
  readonly health: string
  readonly lastError?: string
}

export interface RunningPrometheus {
  /** Evaluates an expression now. A scalar has no series. @throws when Prometheus rejects it */
  query(expression: string): Promise<readonly Series[]>
  /** The alert rules, with the result of their last evaluation. */
  rules(): Promise<readonly EvaluatedRule[]>
  metricNames(): Promise<ReadonlySet<string>>
  close(): Promise<void>
}

const maxAttempts = 300
const pause = 100

/**
 * Starts Prometheus on a loopback address, and waits until it has scraped each target three times and evaluated the rules. It
 * scrapes every second, and keeps nothing when it is closed.
 */
export async function startPrometheus(targets: readonly string[], rulePath?: string): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-prometheus-'))
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rulePath === undefined ? [] : [resolve(rulePath)],
    scrape_configs: [{ job_name: 'certgraph', static_configs: [{ targets }] }],
  }
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yaml'), JSON.stringify(config))
  const address = `127.0.0.1:${await freePort()}`
  const words = ['--config.file=prometheus.yaml', '--storage.tsdb.path=data', `--web.listen-address=${address}`]
  const child = spawn(prometheusPath, [...words, '--log.level=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })

  async function get<Data>(path: string): Promise<Data> {
    const response = await fetch(`http://${address}/api/v1/${path}`)
    const { data, error } = (await response.json()) as { data: Data; error?: string }
    if (error !== undefined) throw new Error(error)
    return data
  }

  const running: RunningPrometheus = {
    async query(expression) {
      const found = await get<{ resultType: string; result: readonly Series[] }>(
        `query?${new URLSearchParams({ query: expression })}`,
      )
      return found.resultType === 'vector' ? found.result : []
    },
    async rules() {
      const { groups } = await get<{ groups: readonly { rules: readonly EvaluatedRule[] }[] }>('rules?type=alert')
      return groups.flatMap(({ rules }) => rules)
    },
    metricNames: async () => new Set(await get<readonly string[]>('label/__name__/values')),
    async close() {
      await stop(child)
      rmSync(folder, { recursive: true })
    },
  }
  try {
    await until(child, async () => (await fetch(`http://${address}/-/ready`)).ok)
    const isScraped = async () => (await running.query('sum_over_time(up[1m]) >= 3')).length === targets.length
    await until(child, isScraped)
    await until(child, async () => (await running.rules()).every(({ health }) => health !== 'unknown'))
    return running
  } catch (error) {
    await running.close()
    throw error
  }
}

/** Ends a process that was started here. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** @throws when the condition does not hold in half a minute, or the process ends before */
async function until(child: ChildProcess, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with code ${child.exitCode}`)
    if (await holds().catch(() => false)) return
    await sleep(pause)
  }
  throw new Error('Prometheus did not scrape its targets in time')
}
