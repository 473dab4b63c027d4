import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { type BuiltProgram, buildProgram } from './built-program.ts'
import { launchBrowser } from './chromium.ts'

/** What a test of the page works with. */
export interface BrowserPage {
  readonly program: BuiltProgram
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
}

/**
 * Builds the program and starts Chromium once, and opens a page for each test. A script that fails in the page fails the test.
 * @param open receives the page before each test
 * @param close ends what the test has started, after its page is closed
 */
export function useBrowserPage(open: (opened: BrowserPage) => void, close: () => void | Promise<void>): void {
  let program: BuiltProgram
  let browser: Browser
  let context: BrowserContext
  const mistakes: string[] = []
  beforeAll(async () => {
    ;[program, browser] = await Promise.all([buildProgram(), launchBrowser()])
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
    context.on('weberror', (error) => mistakes.push(error.error().message))
    open({ program, browser, context, page: await context.newPage() })
  })
  afterEach(async () => {
    await context.close()
    await close()
    expect(mistakes.splice(0)).toEqual([])
  })
}

/** The texts of elements as they are shown, with their lines, when nothing on the page is being loaded. */
export async function shownTexts(elements: Locator): Promise<readonly string[]> {
  await elements.page().locator('[aria-busy="true"], .skeleton').first().waitFor({ state: 'detached' })
  return elements.allInnerTexts()
}
