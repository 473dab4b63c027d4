import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { runAxe } from '../support/axe.ts'
import { type BuiltProgram, buildProgram } from '../support/built-program.ts'
import { describeInBrowser, launchBrowser } from '../support/chromium.ts'
import { measureLayout } from '../support/page-layout.ts'
import { type PageProgram, startPageProgram } from '../support/page-program.ts'

const key = 'key-of-the-reader-0123456789'
const access = {
  apiKeys: [{ name: 'reader', sha256: createHash('sha256').update(key).digest('hex'), places: ['org_bluequay'] }],
}
const down = { status: 503, body: 'down' }
const themes = ['light', 'dark'] as const
/** At 200 %, a window of 1280 pixels has 640. */
const widths = [1440, 1280, 640, 320]

/** A view in one of its states. */
interface State {
  readonly name: string
  readonly open: (page: Page) => Promise<unknown>
  /** The name of its pictures. */
  readonly picture?: string
}

describeInBrowser('each view of the page in each of its states', () => {
  let program: BuiltProgram
  let browser: Browser
  let context: BrowserContext
  /** Servers with trouble, without, with one vendor that was never read, and with a key. */
  let troubled: PageProgram
  let clear: PageProgram
  let failed: PageProgram
  let keyed: PageProgram
  let folder: string
  let runs = 0
  let passed = 0
  const undecided = new Set<string>()

  beforeAll(async () => {
    ;[program, browser] = await Promise.all([buildProgram(), launchBrowser()])
    ;[troubled, clear, failed, keyed] = await Promise.all([
      startPageProgram(program),
      startPageProgram(program),
      startPageProgram(program),
      startPageProgram(program, { sections: { access } }),
    ])
    failed.vendors.akamai.emulator.fault({ effect: down })
    await clear.removeTroubled()
    const given = process.env['CERTGRAPH_PICTURES']
    folder = given ?? mkdtempSync(join(tmpdir(), 'certgraph-pictures-'))
    mkdirSync(folder, { recursive: true })
  }, 180_000)
  afterAll(async () => {
    process.stdout.write(
      `axe-core: ${runs} documents, ${passed} rules passed, ${undecided.size} undecided; pictures in ${folder}\n`,
    )
    await browser?.close()
    await Promise.all([troubled, clear, failed, keyed].map((each) => each?.close()))
  })

  const visit = (server: () => PageProgram, path: string, text: string | RegExp) => async (page: Page) => {
    await page.goto(server().url + path)
    await page.getByText(text).first().waitFor()
    await page.waitForLoadState('networkidle')
  }
  /** Holds the answers, so that the view stays as it is before the first one. */
  const load = (path: string) => async (page: Page) => {
    await page.route('**/graphql', () => {})
    await page.goto(troubled.url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  const fail = (path: string) => async (page: Page) => {
    await page.route('**/graphql', (route) => route.fulfill({ status: 503, body: 'no' }))
    await page.goto(troubled.url + path)
    await page.getByRole('button', { name: 'Try again' }).waitFor()
  }
  const openMenu = (path: string, name: string) => async (page: Page) => {
    await visit(() => troubled, path, /^1–/)(page)
    await page.locator('summary').filter({ hasText: name }).click()
    await page.waitForLoadState('networkidle')
  }
  const openCertificate = (server: () => PageProgram, name: string) => async (page: Page) => {
    const { certificates } = await server().ask<{ certificates: { nodes: { id: string; name: string }[] } }>(
      '{ certificates(first: 100) { nodes { id name } } }',
    )
    const { id = '' } = certificates.nodes.find((each) => each.name === name) ?? {}
    await visit(server, `/certificates/${encodeURIComponent(id)}`, 'Identity')(page)
  }

  const states: readonly State[] = [
    { name: 'the overview, loading', open: load('/'), picture: 'loading' },
    {
      name: 'the overview, all clear',
      open: (page) => visit(() => clear, '/', /^All clear/)(page),
      picture: 'all-clear',
    },
    {
      name: 'the overview, in trouble',
      open: (page) => visit(() => troubled, '/', /certificates expired/)(page),
      picture: 'trouble',
    },
    {
      name: 'the overview, one vendor down',
      open: (page) => visit(() => failed, '/', /cannot be read/)(page),
      picture: 'one-vendor-down',
    },
    { name: 'the overview, without an answer', open: fail('/') },
    {
      name: 'the overview, not connected',
      open: async (page) => {
        await page.clock.install()
        await visit(() => troubled, '/', /certificates expired/)(page)
        await page.route('**/graphql', (route) => route.abort())
        await page.clock.fastForward(61_000)
        await page.clock.fastForward(70_000)
        await page
          .getByText(/^Not connected since/)
          .first()
          .waitFor()
      },
    },
    { name: 'the entry of a key', open: (page) => visit(() => keyed, '/', 'Enter your key')(page) },
    {
      name: 'the entry of a key, refused',
      open: async (page) => {
        await visit(() => keyed, '/', 'Enter your key')(page)
        await page.getByLabel('API key or token').fill('another')
        await page.keyboard.press('Enter')
        await page.getByText('The server does not accept this key.').waitFor()
      },
    },
    {
      name: 'the overview of a limited caller',
      open: async (page) => {
        await visit(() => keyed, '/', 'Enter your key')(page)
        await page.getByLabel('API key or token').fill(key)
        await page.keyboard.press('Enter')
        await page.getByText(/at 1 source/).waitFor()
      },
    },
    { name: 'the list', open: (page) => visit(() => troubled, '/certificates', /^1–/)(page) },
    { name: 'the list, loading', open: load('/certificates') },
    { name: 'the list, without an answer', open: fail('/certificates') },
    {
      name: 'the list, without rows',
      open: (page) => visit(() => clear, '/certificates?expiryStatuses=EXPIRED', 'No certificate meets')(page),
    },
    {
      name: 'the list, without rows and incomplete',
      open: (page) => visit(() => failed, '/certificates?providers=AKAMAI', 'No certificate was found')(page),
    },
    {
      name: 'the list, incomplete, with conditions and mistakes',
      open: (page) =>
        visit(
          () => failed,
          '/certificates?expiresWithin=P60D&owners=Payments&owners=Integrations&color=red&placeIds=org_bluequay&placeIds=le40268713',
          /parameters that are no filter/,
        )(page),
    },
    ...['Status', 'Vendor', 'Place', 'Owner', 'Expires', 'More', 'Export'].map((name) => ({
      name: `the list, with the menu ${name}`,
      open: openMenu('/certificates?search=pay.clearberth', name),
    })),
    { name: 'a certificate, loading', open: load('/certificates/abc') },
    {
      name: 'a certificate of Akamai, with its X.509 details',
      open: async (page) => {
        await openCertificate(() => troubled, 'www.bluequay.example')(page)
        await page.getByRole('button', { name: 'Read the X.509 details' }).click()
        await page.getByText('CN=www.bluequay.example').waitFor()
      },
    },
    { name: 'a certificate of OpenAI', open: openCertificate(() => troubled, 'Batch workers') },
    { name: 'a certificate of LivePerson', open: openCertificate(() => troubled, 'webhooks-orders') },
    {
      name: 'a certificate that does not exist',
      open: (page) => visit(() => troubled, '/certificates/abc', 'This is not the address of a certificate')(page),
    },
    { name: 'the sources', open: (page) => visit(() => troubled, '/sources', /^1–/)(page) },
    { name: 'the sources, loading', open: load('/sources') },
    { name: 'the sources, one vendor down', open: (page) => visit(() => failed, '/sources', /answered 503/)(page) },
    { name: 'the sources, without an answer', open: fail('/sources') },
    { name: 'all places', open: (page) => visit(() => troubled, '/sources?places=all', /^1–/)(page) },
    { name: 'the changes', open: (page) => visit(() => clear, '/changes', /^1–/)(page) },
    { name: 'the changes, loading', open: load('/changes') },
    {
      name: 'the changes, without rows',
      open: (page) => visit(() => troubled, '/changes', /Nothing has changed/)(page),
    },
    {
      name: 'the changes, with a menu and conditions',
      open: async (page) => {
        await visit(() => clear, '/changes?kinds=VANISHED&kinds=APPEARED', /^1–/)(page)
        await page.locator('summary').filter({ hasText: 'Kind' }).click()
      },
    },
    {
      name: 'an address without a view',
      open: (page) =>
        visit(
          () => troubled,
          '/',
          /certificates expired/,
        )(page).then(() =>
          page.evaluate(() => {
            history.pushState(null, '', '/nowhere')
            dispatchEvent(new PopStateEvent('popstate'))
          }),
        ),
    },
  ]

  it('axe-core and the measurement of the layout find planted mistakes', async () => {
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await visit(() => troubled, '/', /certificates expired/)(page)
    await page.evaluate(() => {
      const main = document.querySelector('main')
      main?.insertAdjacentHTML(
        'beforeend',
        '<img src="/favicon.svg"><p class="pale">Too pale</p><p class="planted">Out of sight</p>',
      )
      document.querySelector<HTMLElement>('.pale')?.style.setProperty('color', '#ddd')
      const planted = document.querySelector<HTMLElement>('.planted')
      planted?.style.setProperty('position', 'absolute')
      planted?.style.setProperty('left', '1500px')
    })
    const { violations } = await runAxe(page)
    expect(violations.map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['image-alt', 'color-contrast']),
    )
    const layout = await measureLayout(page)
    expect(layout.excess).toBeGreaterThan(0)
    expect(layout.cut).toEqual([expect.stringContaining('planted')])
    await context.close()
  }, 60_000)

  it.each(states)(
    '$name: no violation, nothing cut off',
    async ({ open, picture }) => {
      context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        locale: 'en-US',
        reducedMotion: 'reduce',
        colorScheme: 'light',
      })
      try {
        const page = await context.newPage()
        await open(page)
        const found: string[] = []
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 })
          for (const colorScheme of themes) {
            await page.emulateMedia({ colorScheme })
            await page.waitForFunction((name) => document.documentElement.dataset['theme'] === name, colorScheme)
            if (picture !== undefined && width === 1440)
              await page.screenshot({ path: join(folder, `${picture}-${colorScheme}.png`) })
            // The colors of a theme are the same at each width, and its other rules in both themes.
            if (colorScheme === 'light' ? width !== 1440 && width !== 320 : width !== 1440) continue
            const result = await runAxe(page, colorScheme === 'light' ? 'all' : 'colors')
            runs += 1
            passed += result.passed
            for (const line of result.undecided) undecided.add(line)
            found.push(...result.violations.map((line) => `${colorScheme}, ${width} px: ${line}`))
          }
          const { excess, cut } = await measureLayout(page)
          found.push(...cut.map((line) => `${width} px: cut off: ${line}`))
          if (excess > 0) found.push(`${width} px: the document is ${excess} px too wide`)
        }
        expect(found).toEqual([])
      } finally {
        await context.close()
      }
    },
    60_000,
  )
})
