import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { describe } from '@jest/globals'

const promtool = '/usr/bin/promtool'

/** Tests with Prometheus are skipped when it is not installed, unless CERTGRAPH_TEST_PROMETHEUS is `required`. */
const isPossible = existsSync(promtool) || process.env['CERTGRAPH_TEST_PROMETHEUS'] === 'required'
if (!isPossible) process.stderr.write(`Tests with Prometheus are skipped: ${promtool} is missing.\n`)

export const describeWithPrometheus = isPossible ? describe : describe.skip

/** What promtool reports about metrics; empty when nothing is wrong. @throws when they cannot be checked */
export function checkMetrics(metrics: string): string {
  const { stdout, stderr, error } = spawnSync(promtool, ['check', 'metrics'], { input: metrics, encoding: 'utf8' })
  if (error) throw error
  return `${stdout}${stderr}`
}
