import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { promisify } from 'node:util'
import { describe } from '@jest/globals'
import { prometheusPath } from '../../scripts/expressions/running-prometheus.ts'

const run = promisify(execFile)

/** In the same package as Prometheus. */
const promtoolPath = '/usr/bin/promtool'

/** Tests with Prometheus are skipped when it is not installed, unless CERTGRAPH_TEST_PROMETHEUS is `required`. */
const isPossible =
  (existsSync(prometheusPath) && existsSync(promtoolPath)) || process.env['CERTGRAPH_TEST_PROMETHEUS'] === 'required'
if (!isPossible) process.stderr.write(`Tests with Prometheus are skipped: ${prometheusPath} is missing.\n`)

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
