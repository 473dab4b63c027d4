import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { describeInBrowser, launchBrowser } from '../support/chromium.ts'
import { type Stack, startStack } from '../support/stack.ts'

const key = 'cg_a-key-that-must-not-be-kept'

describeInBrowser('GraphiQL of a server that requires a key', () => {
  let stack: Stack
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const sha256 = createHash('sha256').update(key).digest('hex')
    stack = await startStack({
      configure: (file) => ({ ...file, access: { apiKeys: [{ name: 'dashboard', sha256 }] } }),
    })
    browser = await launchBrowser()
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    await page.goto(stack.url)
    await page.locator('.graphiql-query-editor .view-lines').getByText('SoonestExpiry').waitFor()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await stack.close()
  })

  const docs = () => page.getByRole('region', { name: 'Documentation Explorer' })

  it('shows the documentation as soon as the key was entered', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    await docs().getByText('Error fetching schema').waitFor()

    await page.getByRole('button', { name: 'Headers' }).click()
    await page.locator('.graphiql-editor-tool .graphiql-editor:visible').click()
    await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${key}` }))
    await docs().getByText('Root Types').waitFor()
    await docs().getByText('Query', { exact: true }).click()
    await docs().locator('.graphiql-doc-explorer-field-name').first().waitFor()
  }, 60_000)

  it('sends the key with the queries', async () => {
    await page.getByRole('button', { name: 'Execute query' }).click()
    await page.locator('.graphiql-response .view-lines').getByText('"certificates"').waitFor()
  }, 60_000)

  it('keeps the key in memory only', async () => {
    // GraphiQL keeps tabs half a second after they have changed.
    await page.waitForTimeout(1_000)
    const { storage, url } = (await page.evaluate(
      '({ storage: { ...localStorage, ...sessionStorage }, url: location.href })',
    )) as { storage: object; url: string }
    expect(Object.keys(storage)).toContain('graphiql:tabState')
    expect(JSON.stringify(storage)).not.toContain(key)
    expect(url).not.toContain(key)
    expect(await page.context().cookies()).toEqual([])

    const refused = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.reload()
    expect((await refused).status()).toBe(401)
  }, 60_000)
})
