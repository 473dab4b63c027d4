import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { describeInBrowser, launchBrowser } from '../support/chromium.ts'
import { savedQueries } from '../support/saved-queries.ts'
import { startTicks } from '../support/ticks.ts'
import { until } from '../support/until.ts'

/** A part of PerformanceResourceTiming. */
interface Entry {
  readonly name: string
  readonly transferSize: number
}

describeInBrowser('GraphiQL in a browser', () => {
  let server: Awaited<ReturnType<typeof startTicks>>
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    server = await startTicks({ graphiql: true, queries: savedQueries })
    browser = await launchBrowser()
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    context.on('request', (request) => requests.push(request.url()))
    context.on('weberror', (error) => errors.push(error.error().message))
    context.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page = await context.newPage()
    await page.goto(`${server.url}/graphql`)
    await editor().getByText('query', { exact: true }).waitFor()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await server.close()
  })

  const editor = () => page.locator('.graphiql-query-editor .view-lines')
  const response = () => page.locator('.graphiql-response .view-lines')

  it('opens the saved queries in tabs with the names of their operations', async () => {
    expect(await page.getByRole('tab').allInnerTexts()).toEqual([
      'SoonestExpiry',
      'ExpiringTonight',
      'ExpiringWithin30Days',
      'Places',
      'NoOlderThanAMinute',
      'InNumbers',
      'ChangesAsTheyHappen',
      'TryDeactivating',
      'AkamaiDeployments',
    ])
    // The editor shows spaces as non-breaking ones.
    expect((await editor().textContent())?.replaceAll('\u00a0', ' ')).toContain(
      '# Which certificates expire first, over all vendors?',
    )
  }, 60_000)

  it('is loaded as two megabytes, and as two kilobytes when it is loaded again', async () => {
    const other = await browser.newContext()
    try {
      const visit = await other.newPage()
      await visit.goto(`${server.url}/graphql`)
      /** Bytes that were sent for the page and its files, headers included, and the number of files. */
      const load = async () => {
        await visit.locator('.graphiql-query-editor .view-lines').getByText('query', { exact: true }).waitFor()
        // The editor starts its workers by and by.
        await visit.waitForFunction(
          (names) =>
            names.every((name) => performance.getEntriesByType('resource').some((each) => each.name.includes(name))),
          ['.css', '/graphiql-', '/start-', '/editor-worker-', '/json-worker-', '/graphql-worker-'],
        )
        return visit.evaluate(() => {
          const resources = performance.getEntriesByType('resource') as unknown as Entry[]
          const files = resources.filter((each) => new URL(each.name).pathname.startsWith('/graphql/'))
          const [document] = performance.getEntriesByType('navigation') as unknown as Entry[]
          return [document, ...files].reduce((bytes, each) => bytes + (each?.transferSize ?? 0), 0)
        })
      }
      const first = await load()
      expect(first).toBeGreaterThan(1_500_000)
      expect(first).toBeLessThan(2_300_000)
      await visit.reload()
      expect(await load()).toBeLessThan(5_000)
    } finally {
      await other.close()
    }
  }, 60_000)

  async function typeInNewTab(text: string, name: string): Promise<void> {
    await page.getByRole('button', { name: 'New tab' }).click()
    // Keys that arrive before the new tab is open go to the old one.
    await page.getByRole('tab', { name: '<untitled>', selected: true }).waitFor()
    await editor().click()
    await page.keyboard.press('Control+A')
    // Typed characters race with the editor, which closes brackets and completes names.
    await page.keyboard.insertText(text)
    // GraphiQL names the tab once it has parsed the query.
    await page.getByRole('tab', { name, selected: true }).waitFor()
    await page.getByRole('button', { name: 'Execute query' }).click()
  }

  it('executes a typed query and shows its response', async () => {
    await typeInNewTab('query Greeting { hello }', 'Greeting')
    await response().getByText('"world"').waitFor()
  }, 60_000)

  it('shows each event of a subscription, until it is stopped', async () => {
    await typeInNewTab('subscription Ticks { ticked { number } }', 'Ticks')
    await until(() => server.source.open === 1)
    server.source.push({ number: 4711 })
    await response().getByText('4711').waitFor()
    server.source.push({ number: 4712 })
    await response().getByText('4712').waitFor()
    await page.getByRole('button', { name: 'Stop query' }).click()
    await until(() => server.source.open === 0)
  }, 60_000)

  it('sends requests to its own server only and causes no errors in the console', () => {
    expect(requests.filter((url) => url === `${server.url}/graphql`).length).toBeGreaterThanOrEqual(3)
    expect(requests.filter((url) => !/^(blob|data):/.test(url) && new URL(url).origin !== server.url)).toEqual([])
    expect(errors).toEqual([])
  })
})
