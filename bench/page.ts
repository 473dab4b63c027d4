import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { chromium, type Page } from 'playwright-core'
import { readAll } from './client.ts'
import { median, report } from './figures.ts'
import { print } from './print.ts'

const executablePath = '/usr/bin/chromium'
const runs = 10
/** Milliseconds from the end of a response to the paint of its rows. */
const maxPaint = 200

/** Measures the page in Chromium, with 100 rows in its list and 75,000 certificates behind it. */
export async function benchPage(): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url), ['accounts'])
  const [file] = await once(emulators, 'message')
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-page-'))
  const config = join(folder, 'certgraph.config.json')
  const upstream = { ttl: '1h', discoveryTtl: '1h', readingTimeout: '5m', deadline: '4m' }
  writeFileSync(config, JSON.stringify({ ...file, access: 'public', upstream }))
  // The program of the build: it has the files of the page.
  const program = spawn(process.execPath, [resolve('dist/main.js'), 'serve', '--config', config], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await readUrl(program.stdout)
    print('certificates', String(await readAll(url)))
    await measure(url)
  } finally {
    await end(program)
    emulators.kill()
    rmSync(folder, { recursive: true })
  }
}

async function measure(url: string): Promise<void> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.addInitScript(observePaints)
    const first: number[] = []
    for (let run = 0; run < runs; run += 1) {
      await page.goto(`${url}/certificates`)
      first.push(await takePaint(page))
    }
    reportPaint('first page', first)
    const next: number[] = []
    for (let run = 0; run < runs; run += 1) {
      await page.getByRole('link', { name: 'Next' }).click()
      next.push(await takePaint(page))
    }
    reportPaint('next page', next)
  } finally {
    await browser.close()
  }
}

function reportPaint(what: string, times: readonly number[]): void {
  const sorted = times.map((time) => time.toFixed(0)).join(', ')
  report(`response to paint, ${what}`, median(times), { unit: 'ms', atMost: maxPaint, note: `100 rows: ${sorted}` })
}

/**
 * Notes the time between the end of a response and the paint of the rows that are made from it. A callback of an animation frame
 * comes before the frame is painted, and the message that it sends comes after.
 */
function observePaints(): void {
  const shown = new Set<string>()
  const watch = () =>
    new MutationObserver(() => {
      const row = document.querySelector('tbody th a')?.getAttribute('href') ?? ''
      const key = `${location.search} ${row}`
      if (row === '' || document.querySelector('[aria-busy="true"]') || shown.has(key)) return
      shown.add(key)
      const responses = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/graphql'))
      const responseEnd = Math.max(...responses.map((entry) => (entry as PerformanceResourceTiming).responseEnd))
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => Object.assign(globalThis, { paint: performance.now() - responseEnd })
        port2.postMessage(null)
      })
    }).observe(document, { subtree: true, childList: true, attributes: true })
  watch()
}

/** The time of the last paint, which is forgotten. */
async function takePaint(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => Reflect.get(globalThis, 'paint') as number | undefined)
  const time = (await handle.jsonValue()) ?? Number.NaN
  await page.evaluate(() => Object.assign(globalThis, { paint: undefined }))
  return time
}

async function readUrl(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [url] = /http:\S+(?=\/graphql)/.exec(line) ?? []
    if (url) return url
  }
  throw new Error('the program did not print its address')
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
