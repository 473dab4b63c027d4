import { existsSync } from 'node:fs'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type RunningServer, startServer } from '../support/running-server.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Node and npm are enough where a developer has no browser; where one is required, a missing one is a failure. */
const isPossible = existsSync(CHROMIUM) || process.env['CERTGRAPH_TEST_BROWSER'] === 'required'
if (!isPossible) process.stderr.write(`GraphiQL is not tested in a browser: there is no ${CHROMIUM} here.\n`)

const describeInBrowser = isPossible ? describe : describe.skip

describeInBrowser('GraphiQL in a browser', () => {
  let server: RunningServer
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    server = await startServer({}, { graphiql: true })
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    context.on('request', (request) => requests.push(request.url()))
    context.on('weberror', (error) => complaints.push(error.error().message))
    context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page = await context.newPage()
    await page.goto(`${server.url}/graphql`)
    await editor().getByText('query', { exact: true }).waitFor()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await server.close()
  })

  const editor = () => page.locator('.graphiql-query-editor .view-lines')
  const answer = () => page.locator('.graphiql-response .view-lines')

  it('opens with the saved queries, each in a tab of its name', async () => {
    expect(await page.getByRole('tab').allInnerTexts()).toEqual([
      'SoonestExpiry',
      'ExpiringWithin30Days',
      'Places',
      'NoOlderThanAMinute',
      'AkamaiDeployments',
      'InNumbers',
      'TryDeactivating',
    ])
    // The editor writes spaces that do not break.
    expect((await editor().textContent())?.replaceAll('\u00a0', ' ')).toContain(
      '# What runs out first, over all vendors?',
    )
  }, 30_000)

  it('executes a query that is typed and shows its answer', async () => {
    await page.getByRole('button', { name: 'New tab' }).click()
    await editor().click()
    await page.keyboard.press('Control+A')
    // The editor closes the bracket.
    await page.keyboard.type('{ hello')
    await page.getByRole('button', { name: 'Execute query' }).click()
    await answer().getByText('"world"').waitFor()
  }, 30_000)

  it('talks to nobody but the server it came from, and has nothing to complain about', () => {
    expect(requests.filter((url) => url === `${server.url}/graphql`).length).toBeGreaterThanOrEqual(3)
    expect(requests.filter((url) => !/^(blob|data):/.test(url) && new URL(url).origin !== server.url)).toEqual([])
    expect(complaints).toEqual([])
  })
})
