import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe } from '@jest/globals'
import { stringify } from 'yaml'

const run = promisify(execFile)

/** Both programs are in Debian's package prometheus. */
const prometheus = '/usr/bin/prometheus'
const promtoolPath = '/usr/bin/promtool'

/** Tests with Prometheus are skipped when it is not installed, unless CERTGRAPH_TEST_PROMETHEUS is `required`. */
const isPossible =
  (existsSync(prometheus) && existsSync(promtoolPath)) || process.env['CERTGRAPH_TEST_PROMETHEUS'] === 'required'
if (!isPossible) process.stderr.write(`Tests with Prometheus are skipped: ${prometheus} is missing.\n`)

export const describeWithPrometheus = isPossible ? describe : describe.skip

/** Runs promtool, and returns its exit code and output. */
export async function promtool(...words: string[]): Promise<{ readonly code: number; readonly output: string }> {
  try {
    const { stdout, stderr } = await run(promtoolPath, words)
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string }
    if (typeof code !== 'number') throw error
    return { code, output: stdout + stderr }
  }
}

/** What promtool reports about metrics; empty when nothing is wrong. @throws when they cannot be checked */
export function checkMetrics(metrics: string): string {
  const { stdout, stderr, error } = spawnSync(promtoolPath, ['check', 'metrics'], { input: metrics, encoding: 'utf8' })
  if (error) throw error
  return `${stdout}${stderr}`
}

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
  /** Evaluates an expression now. @throws when Prometheus rejects it */
  query(expression: string): Promise<readonly Series[]>
  /** The alert rules, with the result of their last evaluation. */
  rules(): Promise<readonly EvaluatedRule[]>
  stop(): Promise<void>
}

/** Starts a Prometheus that scrapes these addresses every second and evaluates a file of rules. */
export async function startPrometheus(targets: readonly string[], rulePath: string): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-prometheus-'))
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [resolve(rulePath)],
    scrape_configs: [{ job_name: 'certgraph', static_configs: [{ targets }] }],
  }
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(config))
  const address = `127.0.0.1:${await freePort()}`
  const words = ['--config.file=prometheus.yaml', '--storage.tsdb.path=data', `--web.listen-address=${address}`]
  const child: ChildProcess = spawn(prometheus, words, { cwd: folder, stdio: 'ignore' })
  const exited = once(child, 'exit')

  async function get<Data>(path: string): Promise<Data> {
    const response = await fetch(`http://${address}/api/v1/${path}`)
    const { data, error } = (await response.json()) as { data: Data; error?: string }
    if (error !== undefined) throw new Error(error)
    return data
  }

  const isReady = () =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (child.exitCode === null && !(await isReady())) await wait(50)
  return {
    async query(expression) {
      const { result } = await get<{ result: readonly Series[] }>(`query?${new URLSearchParams({ query: expression })}`)
      return result
    },
    async rules() {
      const { groups } = await get<{ groups: readonly { rules: readonly EvaluatedRule[] }[] }>('rules?type=alert')
      return groups.flatMap(({ rules }) => rules)
    },
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
