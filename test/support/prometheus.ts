import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { promisify } from 'node:util'
import { describe } from '@jest/globals'

const run = promisify(execFile)

/** Both programs are in Debian's package prometheus. */
export const prometheus = '/usr/bin/prometheus'
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
