import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import type { BrowserContext, Page } from 'playwright-core'
import { startSandbox } from '../../src/sandbox.ts'
import { shownTexts, useBrowserPage } from '../support/browser-page.ts'
import { addressOf, type BuiltProgram } from '../support/built-program.ts'
import { describeInBrowser } from '../support/chromium.ts'

const key = 'key-of-the-reader-0123456789'

describeInBrowser('the page in a browser', () => {
  let program: BuiltProgram
  let context: BrowserContext
  let page: Page
  useBrowserPage(
    (opened) => {
      ;({ program, context, page } = opened)
    },
    () => program.killAll(),
  )

  const startProgram = async (env: Record<string, string> = {}) =>
    (await addressOf(program.start({ CERTGRAPH_MODE: 'sandbox', ...env }))).url
  const heading = () => page.getByRole('heading', { level: 1 })
  const tiles = () => page.getByRole('list', { name: 'Certificates that need attention' }).getByRole('link')
  /** The number of rows in the list, as in "1–51 of 51". */
  const listedCount = async () => {
    const text = await page
      .getByRole('status')
      .filter({ hasText: /of|No cert/ })
      .first()
      .textContent()
    return text === 'No certificates' ? 0 : Number(/of ([\d,]+)/.exec(text ?? '')?.[1]?.replaceAll(',', ''))
  }

  it('says what is wrong, opens the list of each number, and returns with Back', async () => {
    const url = await startProgram()
    await page.goto(url)
    await page
      .getByText(/certificates expired/)
      .first()
      .waitFor()
    expect(await heading().textContent()).toMatch(
      /^Needs attention: \d+ certificates expired, .+; \d+ critical, .+; \d+ of unknown expiry$/,
    )
    const texts = await shownTexts(tiles())
    expect(texts.map((text) => text.split('\n')[0])).toEqual([
      'Expired',
      'Critical',
      'Warning',
      'Unknown',
      'Uncovered',
      'Unowned',
    ])
    for (const [index, text] of texts.entries()) {
      const count = Number(text.split('\n')[1])
      expect(count).toBeGreaterThan(0)
      await tiles().nth(index).click()
      await page.getByRole('heading', { name: 'Certificates', exact: true }).waitFor()
      await page.getByRole('table').getByRole('row').nth(count).waitFor()
      expect(await listedCount()).toBe(count)
      expect(await page.getByRole('rowheader').count()).toBe(count)
      await page.goBack()
      await tiles().first().waitFor()
    }
    expect(page.url()).toBe(`${url}/`)
  }, 60_000)

  it('lists as many certificates for each month as its bar shows', async () => {
    await page.goto(await startProgram())
    const bars = page.getByRole('figure').getByRole('link')
    await bars.first().waitFor()
    const months = await bars.evaluateAll((links) =>
      links.map((link) => ({ href: link.getAttribute('href') ?? '', label: link.getAttribute('title') ?? '' })),
    )
    expect(months).toHaveLength(24)
    const table = page.getByRole('table', { name: /month of their expiry/ })
    expect(await table.getByRole('row').count()).toBe(25)
    const filled = months.filter(({ label }) => !label.includes(': 0 '))
    expect(filled.length).toBeGreaterThan(3)
    for (const { href, label } of filled.slice(0, 4)) {
      await page.goto(new URL(href, page.url()).href)
      await page.getByRole('rowheader').first().waitFor()
      expect(`${await listedCount()}`).toBe(/: (\d+)/.exec(label)?.[1])
    }
  }, 60_000)

  it('keeps the search, the filters and the order in the URL over a reload and Back', async () => {
    const url = await startProgram()
    await page.goto(`${url}/certificates?providers=AKAMAI`)
    await page.getByRole('rowheader').first().waitFor()
    const before = await shownTexts(page.getByRole('rowheader'))
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('link').click()
    await page.locator('th[aria-sort="ascending"]', { hasText: 'Name' }).waitFor()
    await page.getByRole('searchbox').pressSequentially('clearberth', { delay: 20 })
    await page.waitForURL(/search=clearberth/)
    await page
      .getByText(/^1–\d of \d$/)
      .first()
      .waitFor()
    const searched = await listedCount()
    await page.getByText('Status', { exact: true }).first().click()
    await page.getByRole('checkbox', { name: 'Critical' }).check()
    await page.waitForURL(/expiryStatuses=CRITICAL/)
    // The rows of the search are shown until the answer for both conditions is there.
    await page.getByText(`1–${searched} of ${searched}`).first().waitFor({ state: 'detached' })
    await page.getByRole('rowheader').first().waitFor()
    const names = await shownTexts(page.getByRole('rowheader'))
    expect(names.length).toBeLessThan(searched)
    expect(searched).toBeLessThan(before.length)
    expect(names.every((name) => name.includes('clearberth'))).toBe(true)
    await page.reload()
    await page.getByRole('rowheader').first().waitFor()
    expect(await shownTexts(page.getByRole('rowheader'))).toEqual(names)
    expect(await page.getByRole('searchbox').inputValue()).toBe('clearberth')
    await page.goBack()
    await page.waitForURL(/search=clearberth&providers=AKAMAI&orderBy=NAME$/)
    await page.goBack()
    await page.waitForURL(/certificates\?providers=AKAMAI&orderBy=NAME$/)
    expect(await page.getByRole('searchbox').inputValue()).toBe('')
    await page.goBack()
    await page.waitForURL(`${url}/certificates?providers=AKAMAI`)
    await page.locator('th[aria-sort="ascending"]', { hasText: 'Expires' }).waitFor()
    await page.getByText(`1–${before.length} of ${before.length}`).first().waitFor()
    expect(await shownTexts(page.getByRole('rowheader'))).toEqual(before)
  }, 60_000)

  it('names the vendor that cannot be read, since when and why', async () => {
    await page.goto(await startProgram({ CERTGRAPH_SANDBOX_FAULTS: 'akamai:503' }))
    await page
      .getByText(/cannot be read/)
      .first()
      .waitFor()
    expect(await heading().textContent()).toMatch(
      /^Needs attention: Akamai CPS account Bluequay CDN cannot be read since \d+:\d\d [AP]M or earlier: the vendor is not available; /,
    )
    await page.getByRole('link', { name: 'Certificates', exact: true }).click()
    await page.getByText('This list is incomplete.').waitFor()
  }, 60_000)

  it('says that it is not connected two minutes after the last answer, and recovers', async () => {
    // The clock of the reader is an hour fast: the page takes the time of the server.
    await page.clock.install({ time: Date.now() + 3_600_000 })
    const url = await startProgram()
    await page.goto(url)
    await page
      .getByText(/certificates expired/)
      .first()
      .waitFor()
    await page.getByText(/updated just now/).waitFor()
    await context.setOffline(true)
    await page.clock.fastForward(61_000)
    await page.getByText('The last refresh failed.').waitFor()
    expect(await heading().textContent()).toMatch(/certificates expired/)
    await page.clock.fastForward(61_000)
    await heading()
      .getByText(/^Not connected since /)
      .waitFor()
    expect(await tiles().count()).toBe(6)
    await context.setOffline(false)
    await page.clock.fastForward(20_000)
    await heading()
      .getByText(/certificates expired/)
      .waitFor()
    expect(await page.getByText('The last refresh failed.').count()).toBe(0)
    await page.getByRole('link', { name: 'Certificates', exact: true }).click()
    const ages = page.locator('td[data-label="Read"]')
    await ages.first().waitFor()
    expect(await ages.first().textContent()).toMatch(/^(just now|\d minutes? ago)/)
  }, 60_000)

  it('asks for a key, keeps it out of the URL and the storage, and shows what the key may see', async () => {
    const emulators = await startSandbox({ now: Date.now })
    try {
      const folder = mkdtempSync(join(tmpdir(), 'certgraph-page-'))
      const config = join(folder, 'certgraph.config.json')
      const sha256 = createHash('sha256').update(key).digest('hex')
      const access = { apiKeys: [{ name: 'reader', sha256, places: ['org_bluequay'] }] }
      writeFileSync(config, JSON.stringify({ ...emulators.file, access }))
      const { url } = await addressOf(program.start({}, folder, 'serve', '--config', config))
      const requested: string[] = []
      page.on('request', (request) => requested.push(request.url()))
      await page.goto(`${url}/certificates?expiryStatuses=EXPIRED`)
      const field = page.getByLabel('API key or token')
      await field.fill('another-key')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('The server does not accept this key.').waitFor()
      await field.fill(key)
      await page.keyboard.press('Enter')
      await page.getByRole('rowheader').first().waitFor()
      expect(new Set(await shownTexts(page.locator('td[data-label="Vendor"]')))).toEqual(new Set(['OpenAI']))
      expect(page.url()).toBe(`${url}/certificates?expiryStatuses=EXPIRED`)
      await page.getByText('Export', { exact: true }).click()
      let credential: string | undefined
      await page.route('**/certificates.csv?*', async (route) => {
        credential = route.request().headers()['authorization']
        await route.fulfill({ body: 'name\r\n' })
      })
      const saved = page.waitForEvent('download')
      await page.getByRole('link', { name: 'CSV' }).click()
      expect((await saved).suggestedFilename()).toBe('certificates.csv')
      expect(credential).toBe(`Bearer ${key}`)
      await page.getByRole('link', { name: 'Overview' }).click()
      await page.getByText(/14 certificates at 1 source/).waitFor()
      const stored = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      )
      expect([...requested, stored].filter((text) => text.includes(key))).toEqual([])
      await page.getByRole('button', { name: 'Sign out' }).click()
      await field.waitFor()
      expect(await page.getByRole('link', { name: /Expired/ }).count()).toBe(0)
      await page.reload()
      await field.waitFor()
    } finally {
      await emulators.close()
    }
  }, 60_000)
})
