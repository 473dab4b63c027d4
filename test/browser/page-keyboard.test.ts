import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type BuiltProgram, buildProgram } from '../support/built-program.ts'
import { describeInBrowser, launchBrowser } from '../support/chromium.ts'
import { type PageProgram, startPageProgram } from '../support/page-program.ts'

describeInBrowser('the page with the keyboard alone', () => {
  let program: BuiltProgram
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let server: PageProgram

  beforeAll(async () => {
    ;[program, browser] = await Promise.all([buildProgram(), launchBrowser()])
    server = await startPageProgram(program)
    context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-US',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    page = await context.newPage()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const press = (...keys: readonly string[]) =>
    keys.reduce<Promise<void>>((before, each) => before.then(() => page.keyboard.press(each)), Promise.resolve())
  /** The element with the focus, by its role in the page and its text. */
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement
      const label = element?.closest('label')?.textContent ?? ''
      return `${element?.tagName} ${element?.getAttribute('aria-label') ?? (element?.textContent?.trim() || label.trim())}`
    })
  /** Presses Tab until the element with this name has the focus. */
  async function tabTo(name: RegExp, backwards = false): Promise<void> {
    for (let count = 0; count < 150; count += 1) {
      await press(backwards ? 'Shift+Tab' : 'Tab')
      if (name.test(await focused())) return
    }
    throw new Error(`Tab does not reach ${name}`)
  }

  it('skips to the content, and moves the focus to the heading of a view', async () => {
    await page.goto(server.url)
    await page.getByRole('figure').getByRole('link').first().waitFor()
    await press('Tab')
    expect(await focused()).toBe('A Skip to the content')
    const { y = -1 } = (await page.getByText('Skip to the content').boundingBox()) ?? {}
    expect(y).toBeGreaterThanOrEqual(0)
    await press('Enter', 'Tab')
    expect(await focused()).toMatch(/^A \d+ certificates expired/)
    await tabTo(/^A Certificates$/, true)
    await press('Enter')
    await page.getByRole('rowheader').first().waitFor()
    expect(await focused()).toBe('H1 Certificates')
  }, 60_000)

  it('opens a menu, chooses, and returns to its button with Escape', async () => {
    await tabTo(/^INPUT Search/)
    await page.keyboard.type('clearberth')
    await page.waitForURL(/search=clearberth/)
    await tabTo(/^SUMMARY Status/)
    await press('Space')
    await tabTo(/^INPUT Critical/)
    await press('Space')
    await page.waitForURL(/expiryStatuses=CRITICAL/)
    expect(await focused()).toMatch(/^INPUT Critical/)
    await press('Escape')
    expect(await focused()).toMatch(/^SUMMARY Status/)
    expect(await page.locator('details[open]').count()).toBe(0)
    // A menu that the focus leaves is closed.
    await press('Enter')
    await tabTo(/^SUMMARY Vendor/)
    expect(await page.locator('details[open]').count()).toBe(0)
    await tabTo(/^A Remove: Status: Critical/)
    await press('Enter')
    await page.waitForURL((url) => !url.search.includes('expiryStatuses'))
    await tabTo(/^SUMMARY Export/, true)
    await press('Enter')
    await tabTo(/^A CSV/)
    const saved = page.waitForEvent('download')
    await press('Enter')
    expect((await saved).suggestedFilename()).toBe('certificates.csv')
    await press('Escape')
  }, 60_000)

  it('sorts, opens a row, and copies', async () => {
    await page.goto(`${server.url}/certificates`)
    await page.getByRole('rowheader').first().waitFor()
    await tabTo(/^A Name$/)
    await press('Enter')
    await page.locator('th[aria-sort="ascending"]', { hasText: 'Name' }).waitFor()
    expect(await focused()).toBe('A Name')
    await tabTo(/^A www\.bluequay\.example$/)
    // The heads of the table stay in sight, and do not cover what has the focus.
    const head = (await page.locator('thead th').first().boundingBox()) ?? { y: 0, height: 0 }
    const row = (await page.locator('a:focus').boundingBox()) ?? { y: 0 }
    expect(row.y).toBeGreaterThanOrEqual(head.y + head.height)
    await press('Enter')
    await page.getByText('Identity').waitFor()
    await tabTo(/^BUTTON Copy the name/)
    await press('Enter')
    await page.getByText('Copied').first().waitFor({ state: 'attached' })
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('www.bluequay.example')
    await page.goBack()
    await page.locator('th[aria-sort="ascending"]', { hasText: 'Name' }).waitFor()
  }, 60_000)

  it.each(['/', '/certificates', '/sources', '/changes'])(
    'reaches each control of %s once, shows where the focus is, and gets out again',
    async (path) => {
      await page.goto(server.url + path)
      await page.waitForLoadState('networkidle')
      await page.locator('main .skeleton').first().waitFor({ state: 'detached' })
      const controls = await page.evaluate(() => {
        const all = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, summary')]
        const reachable = all.filter((element) => element.checkVisibility({ visibilityProperty: true }))
        reachable.forEach((element, index) => {
          element.dataset['control'] = String(index)
        })
        return reachable.length
      })
      const seen: string[] = []
      const unseen: string[] = []
      for (let count = 0; count <= controls; count += 1) {
        await press('Tab')
        const { control, shown, text } = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement
          // A field of a text shows it with its frame.
          const frames = [element, element.closest<HTMLElement>('.field')].filter((each) => each !== null)
          const shown = frames.some((each) => {
            const { outlineStyle, outlineWidth } = getComputedStyle(each)
            return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
          })
          return { control: element.dataset['control'], shown, text: element.textContent }
        })
        // After the last one the focus leaves the document, or begins again.
        if (control === undefined || seen.includes(control)) break
        seen.push(control)
        if (!shown) unseen.push(text ?? '')
      }
      expect(unseen).toEqual([])
      expect(seen).toEqual(Array.from({ length: controls }, (_, index) => String(index)))
    },
    60_000,
  )
})
