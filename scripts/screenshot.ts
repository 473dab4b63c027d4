import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

// Takes the pictures of the README: the page of the sandbox, and its GraphiQL with the first saved query and its answer.
const overview = 'docs/images/page.png'
const graphiql = 'docs/images/graphiql.png'

const env = { ...process.env, CERTGRAPH_MODE: 'sandbox', HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent' }
// The build has the files of the page.
const program = spawn(process.execPath, ['dist/main.js'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
})

async function readUrl(): Promise<string> {
  for await (const line of createInterface({ input: program.stdout })) {
    const [url] = /http:\S+(?=\/graphql)/.exec(line) ?? []
    if (url) return url
  }
  throw new Error('the sandbox did not print its address')
}

const url = await readUrl()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme: 'light' })
  await page.goto(url)
  await page.getByRole('figure').getByRole('link').first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: overview, animations: 'disabled' })

  await page.setViewportSize({ width: 1400, height: 800 })
  await page.goto(`${url}/graphql`)
  await page.locator('.graphiql-query-editor .view-lines').getByText('query', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Execute query' }).click()
  await page.locator('.graphiql-response .view-lines').getByText('"certificates"').waitFor()
  // The cursor of the editor blinks.
  await page.mouse.move(0, 0)
  await page.screenshot({ path: graphiql, animations: 'disabled' })
} finally {
  await browser.close()
  program.kill('SIGTERM')
  await once(program, 'exit')
}
process.stdout.write(`${overview} and ${graphiql} are new\n`)
