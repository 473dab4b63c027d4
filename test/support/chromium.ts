import { existsSync } from 'node:fs'
import process from 'node:process'
import { describe } from '@jest/globals'
import { type Browser, chromium } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Without a browser its tests are skipped, unless CERTGRAPH_TEST_BROWSER requires one, as in CI. */
const isPossible = existsSync(executablePath) || process.env['CERTGRAPH_TEST_BROWSER'] === 'required'
if (!isPossible) process.stderr.write(`Skipping the tests in a browser: ${executablePath} is missing.\n`)

export const describeInBrowser = isPossible ? describe : describe.skip

/** Starts Chromium. It must be closed. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args })
}
