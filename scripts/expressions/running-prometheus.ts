import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const prometheus = '/usr/bin/prometheus'

/** What a query has returned. */
interface QueryResult {
  /** Absent when the query succeeded. */
  readonly error?: string
  readonly series: readonly { readonly metric: Readonly<Record<string, string>> }[]
}

export interface RunningPrometheus {
  query(expression: string): Promise<QueryResult>
  metricNames(): Promise<ReadonlySet<string>>
  close(): Promise<void>
}

const maxAttempts = 300
const pause = 100

/** Starts Prometheus on a loopback address. It scrapes the target every second, and keeps nothing when it is closed. */
export async function startPrometheus(target: string): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-prometheus-'))
  const scrape = { job_name: 'certgraph', static_configs: [{ targets: [target] }] }
  const config = { global: { scrape_interval: '1s' }, scrape_configs: [scrape] }
  const configFile = join(folder, 'prometheus.yml')
  writeFileSync(configFile, JSON.stringify(config))
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    prometheus,
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const get = async (path: string): Promise<unknown> => (await fetch(`http://${address}${path}`)).json()
  const running: RunningPrometheus = {
    async query(expression) {
      const answer = Object(await get(`/api/v1/query?query=${encodeURIComponent(expression)}`))
      const { error, data } = answer
      if (error !== undefined) return { error: String(error), series: [] }
      return { series: Array.isArray(data.result) && data.resultType === 'vector' ? data.result : [] }
    },
    async metricNames() {
      const { data } = Object(await get('/api/v1/label/__name__/values'))
      return new Set<string>(data)
    },
    async close() {
      await stop(child)
      rmSync(folder, { recursive: true })
    },
  }
  try {
    await until(child, async () => (await fetch(`http://${address}/-/ready`)).ok)
    // A rate needs two samples.
    await until(child, async () => (await running.query('count_over_time(up[1m]) >= 3')).series.length > 0)
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
  throw new Error('Prometheus did not scrape its target in time')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const closed = once(server, 'close')
  server.close()
  await closed
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
