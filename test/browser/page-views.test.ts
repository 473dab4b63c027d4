import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from '@jest/globals'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { sandboxOwners } from '../../src/sandbox/owners.ts'
import { shownTexts, useBrowserPage } from '../support/browser-page.ts'
import { addressOf, type BuiltProgram } from '../support/built-program.ts'
import { describeInBrowser } from '../support/chromium.ts'
import { startSandboxes } from '../support/sandboxes.ts'

const key = 'key-of-the-reader-0123456789'

describeInBrowser('the views of the page in a browser', () => {
  let program: BuiltProgram
  let context: BrowserContext
  let page: Page
  let vendors: Awaited<ReturnType<typeof startSandboxes>>
  let url: string
  useBrowserPage(
    (opened) => {
      ;({ program, context, page } = opened)
    },
    async () => {
      program.killAll()
      await vendors.close()
    },
  )
  beforeEach(async () => {
    vendors = await startSandboxes({ now: Date.now, limits: false })
  })

  /** Starts the program with these vendors, which the test may change and let fail. */
  async function start(sections: object = {}): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-views-'))
    const config = join(folder, 'certgraph.config.json')
    // Each request reads the vendors again.
    const upstream = { ttl: '0s', discoveryTtl: '0s', staleWhileRevalidate: '0s', minReadingAge: '0s' }
    writeFileSync(
      config,
      JSON.stringify({ ...vendors.file, owners: sandboxOwners, access: 'public', upstream, ...sections }),
    )
    url = (await addressOf(program.start({}, folder, 'serve', '--config', config))).url
  }

  /** Sends a query without the page. */
  async function send<Data>(text: string, headers: Record<string, string> = {}): Promise<Data> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: text }),
    })
    return ((await response.json()) as { data: Data }).data
  }
  interface Listed {
    readonly certificates: { readonly nodes: readonly { readonly id: string; readonly name: string }[] }
  }
  async function idOf(name: string, headers: Record<string, string> = {}): Promise<string> {
    const { certificates } = await send<Listed>(`{ certificates(first: 100) { nodes { id name } } }`, headers)
    const id = certificates.nodes.find((node) => node.name === name)?.id
    if (id === undefined) throw new Error(`no certificate is named ${name}`)
    return id
  }
  /** The text as it is shown, with its lines. */
  const textOf = async (locator: Locator) => (await shownTexts(locator)).join('\n')
  const pathOf = (id: string) => `${url}/certificates/${encodeURIComponent(id)}`
  const heading = () => page.getByRole('heading', { level: 1 })
  const card = (name: string) => page.getByRole('region', { name })
  const item = (name: string) => page.locator('.summary > div').filter({ hasText: new RegExp(`^${name}`) })
  const callsTo = (part: RegExp) => vendors.sandboxes.akamai.emulator.calls.filter(({ path }) => part.test(path)).length
  const rows = () => page.locator('tbody tr').filter({ has: page.getByRole('rowheader') })

  it('shows until when a certificate is valid, who owns it, where it is and what depends on it', async () => {
    await start()
    await page.goto(pathOf(await idOf('api.bluequay.example')))
    await heading().getByText('api.bluequay.example').waitFor()
    await page.waitForFunction(() => document.title === 'api.bluequay.example · certgraph')
    expect(await textOf(item('Expires'))).toMatch(/^Expires\nin \d days\n\w{3} \d+, \d{4}, \d+:\d\d\s[AP]M \S+$/)
    expect(await item('Expires').locator('time').first().getAttribute('title')).toMatch(/ at \d+:\d\d:\d\d [AP]M/)
    expect(await textOf(item('Status'))).toBe('Status\nCritical\nEnds within the critical time')
    await item('Renewal').getByText('Covered').waitFor()
    expect(await textOf(item('Renewal'))).toMatch(/Pending at Akamai: renewal/)
    expect(await textOf(item('Owner'))).toMatch(/Web platform\nweb-platform@bluequay.example\s+Runbook/)
    expect(await item('Owner').getByRole('button', { name: 'Copy the contact' }).count()).toBe(1)
    const runbook = item('Owner').getByRole('link')
    expect(await runbook.getAttribute('href')).toBe('https://runbooks.bluequay.example/cdn-certificates')
    expect(await runbook.getAttribute('rel')).toMatch(/noopener/)
    expect(await textOf(card('What stops working when it expires'))).toMatch(
      /fail for clients of 3 names[\s\S]*3 names\n1 production deployment\n/,
    )
    expect(await textOf(card('Deployments'))).toMatch(/Production primary certificate[\s\S]*SNI only\nYes/)
    await card('Enrollment').getByText('lets-encrypt').waitFor()
    await card('The same certificate elsewhere').getByText('No other place has a certificate').waitFor()
    await card('History')
      .getByText(/^No change of it is recorded\. Recorded since /)
      .waitFor()
  }, 60_000)

  it('reads the X.509 details when they are wanted, and keeps the rest when that fails', async () => {
    await start()
    const id = await idOf('www.bluequay.example')
    const repair = vendors.sandboxes.akamai.emulator.fault({
      match: ({ path }) => /deployments\/\w+$/.test(path),
      effect: { status: 500, body: 'broken' },
    })
    await page.goto(pathOf(id))
    const details = card('X.509 details')
    await details.getByText('Reading them costs one call at Akamai').waitFor()
    await page.waitForLoadState('networkidle')
    expect(callsTo(/deployments\/\w+$/)).toBe(0)
    await details.getByRole('button', { name: 'Read the X.509 details' }).press('Enter')
    await details.getByText(/could not be read\. Akamai answered 500/).waitFor()
    expect(await textOf(card('Deployments'))).toMatch(/Production/)
    repair()
    await details.getByRole('button', { name: 'Try again' }).click()
    await details.getByText('CN=www.bluequay.example').waitFor()
    expect(await textOf(details)).toMatch(/Key\n.*bits\n[\s\S]*Weaknesses\n/)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const copy = details.getByRole('button', { name: 'Copy the fingerprint' })
    await copy.press('Enter')
    await copy.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^[0-9a-f]{64}$/)
    await page.reload()
    await details.getByText('CN=www.bluequay.example').waitFor()
  }, 60_000)

  it('names the parts of the row that cannot be read, and stays while a certificate vanishes', async () => {
    vendors.sandboxes.openai.emulator.fault({
      match: ({ path }) => path.endsWith('/organization/certificates'),
      effect: { patch: (body) => JSON.parse(JSON.stringify(body).replace(/"expires_at":\d+/g, '"expires_at":"soon"')) },
    })
    await page.clock.install()
    await start()
    const id = await idOf('Edge proxies')
    await page.goto(pathOf(id))
    await page.getByText('Part of what the vendor reports could not be read:').waitFor()
    expect(await page.getByRole('main').textContent()).toMatch(/expires_at/)
    expect(await textOf(item('Expires'))).toBe('Expires\nUnknown')
    const [organization] = vendors.sandboxes.openai.state.organizations
    organization?.certificates.splice(0)
    await page.clock.fastForward(61_000)
    await page.getByText('Edge proxies has been gone since').waitFor()
    // The next refresh finds the same, and the view does not start from its skeleton.
    for (let refreshes = 0; refreshes < 2; refreshes += 1) {
      const refreshed = page.waitForResponse('**/graphql')
      await page.clock.fastForward(61_000)
      expect(await page.getByText('Edge proxies has been gone since').count()).toBe(1)
      await (await refreshed).finished()
      expect(await page.getByText('Edge proxies has been gone since').count()).toBe(1)
    }
    expect(await page.getByText('Not connected').count()).toBe(0)
  }, 60_000)

  it('lists the projects of a certificate of OpenAI, and shows what happened to it', async () => {
    await start()
    const [organization] = vendors.sandboxes.openai.state.organizations
    const worker = organization?.certificates.find(({ name }) => name === 'Batch workers')
    if (!organization || !worker) throw new Error('the emulator has no such certificate')
    const id = await idOf('Batch workers')
    await page.goto(pathOf(id))
    await card('Projects').getByRole('link', { name: 'Route planning' }).waitFor()
    expect(await textOf(card('What stops working when it expires'))).toMatch(/2 projects with it activated/)
    // A new certificate of the same name replaces it.
    organization.certificates.push({ ...worker, id: 'cert_replacement', x509: worker.x509 })
    organization.certificates.splice(organization.certificates.indexOf(worker), 1)
    await idOf('Batch workers')
    await page.reload()
    await page.getByText(/^Batch workers has been gone since /).waitFor()
    expect(await textOf(heading())).toBe('Batch workers')
    expect(await textOf(card('History'))).toMatch(
      /Vanished\n[\s\S]*Replaced by Batch workers[\s\S]*Recorded since|never/,
    )
    await page.getByRole('link', { name: 'Show the certificate that replaced it' }).click()
    await item('Status').waitFor()
    expect(decodeURIComponent(page.url())).not.toContain(id)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await card('History').getByRole('link', { name: 'the earlier certificate' }).click()
    await page.getByText(/^Batch workers has been gone since /).waitFor()

    await page.getByRole('link', { name: 'Changes', exact: true }).click()
    await rows().first().waitFor()
    await page.getByText(/^Recorded since .+ Earlier changes are not known\.$/).waitFor()
    const listed = await shownTexts(rows())
    expect(listed.some((text) => /Renewed\s+Batch workers[\s\S]*Replaces the earlier certificate/.test(text))).toBe(
      true,
    )
    expect(listed.some((text) => /Vanished\s+Batch workers/.test(text))).toBe(true)
    await page.locator('summary', { hasText: 'Kind' }).click()
    await page.getByRole('checkbox', { name: 'Renewed' }).check()
    await page.waitForURL(`${url}/changes?kinds=RENEWED`)
    await page.waitForFunction(() => !document.querySelector('tbody')?.textContent?.includes('Vanished'))
    await page.reload()
    await rows().first().waitFor()
    expect((await shownTexts(rows())).every((text) => text.startsWith('Renewed'))).toBe(true)
    await page.goto(`${url}/changes?kinds=EXPIRED&color=red`)
    await page.getByText('No such change in the recorded time').waitFor()
    await page.getByText(/The address has parameters that are no filter: color=red/).waitFor()
  }, 60_000)

  it('counts the projects that are known, and reads them again with the view and when it is opened again', async () => {
    // A vendor that fails is not called again for minutes: here the answer of the server says that it cannot be read.
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch()
      const text = await response.text()
      await route.fulfill({ response, body: text.replaceAll('"active":true,"node"', '"active":null,"node"') })
    })
    await page.clock.install()
    await start()
    await page.goto(pathOf(await idOf('Batch workers')))
    const effect = card('What stops working when it expires')
    await effect.getByText('projects that could not be read').waitFor()
    expect(await textOf(effect)).toMatch(/Unknown: projects with it activated/)
    await page.unrouteAll({ behavior: 'wait' })
    await page.clock.fastForward(61_000)
    await effect.getByText('2 projects with it activated').waitFor()
    expect(await textOf(card('Projects'))).toMatch(/activated in 2 projects · loaded just now/)
    const count = () => vendors.sandboxes.openai.emulator.calls.length
    await page.getByRole('link', { name: 'Sources', exact: true }).click()
    await rows().first().waitFor()
    await page.clock.fastForward(90_000)
    await page.waitForLoadState('networkidle')
    const before = count()
    await page.goBack()
    await item('Status').waitFor()
    await card('Projects')
      .getByText(/loaded just now/)
      .waitFor()
    expect(count()).toBeGreaterThan(before)
  }, 60_000)

  it('says whether an id is malformed, unknown, or in a place that the key may not see', async () => {
    const access = {
      apiKeys: [
        { name: 'all', sha256: createHash('sha256').update('key-of-everything-0123456').digest('hex') },
        { name: 'reader', sha256: createHash('sha256').update(key).digest('hex'), places: ['org_bluequay'] },
      ],
    }
    await start({ access })
    const hidden = await idOf('www.bluequay.example', { authorization: 'Bearer key-of-everything-0123456' })
    await page.goto(pathOf(hidden))
    await page.getByLabel('API key or token').fill(key)
    await page.keyboard.press('Enter')
    await page.getByText('There is no such certificate').waitFor()
    expect(await page.getByRole('main').textContent()).toMatch(/your key may not see its place/)
    await page.getByRole('link', { name: 'Show all certificates' }).click()
    await page.getByRole('rowheader').first().waitFor()
    await page.evaluate(() => history.pushState(null, '', '/certificates/abc'))
    await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')))
    await page.getByText('This is not the address of a certificate').waitFor()
    await page.getByText(/not an id of this API/).waitFor()
  }, 60_000)

  it('shows the sources, the ones in trouble first, with the reason and what to do', async () => {
    await start()
    await send('{ certificates { totalCount } }')
    vendors.sandboxes.akamai.emulator.fault({ effect: { status: 503, body: 'down' } })
    await page.goto(`${url}/sources`)
    await page
      .getByText(/Akamai answered 503/)
      .first()
      .waitFor()
    const [first = '', ...others] = await shownTexts(rows())
    expect(first).toMatch(/Akamai CPS[\s\S]*(Stale|Failed)/)
    expect(others.at(-1)).toMatch(/OK[\s\S]*None known\s+Closed/)
    const trouble = await textOf(page.locator('tr.trouble').first())
    expect(trouble).toMatch(/The views show the last reading\. Check the status page of the vendor/)
    expect(trouble).toMatch(/UPSTREAM_UNAVAILABLE[\s\S]*HTTP 503/)
    const tabs = page.getByRole('navigation', { name: 'Sources by status' })
    await tabs.getByRole('link', { name: /^Stale 3/ }).click()
    await page.waitForURL(`${url}/sources?statuses=STALE`)
    await page.waitForFunction(() => document.querySelectorAll('tbody th').length === 3)
    await page.reload()
    await rows().first().waitFor()
    expect(await rows().count()).toBe(3)
    await tabs.getByRole('link', { name: /^OK/ }).click()
    const count = rows().first().getByRole('link', { name: /^\d+$/ })
    const number = await count.textContent()
    await count.click()
    await page.getByText(`1–${number} of ${number}`).first().waitFor()
    // A circuit opens after minutes of failures: here the answer of the server says so.
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch()
      const text = (await response.text())
        .replaceAll('"circuitOpen":false', '"circuitOpen":true')
        .replaceAll('"code":"UPSTREAM_UNAVAILABLE"', '"code":"UPSTREAM_CIRCUIT_OPEN"')
        .replaceAll('"retryAfterSeconds":null', '"retryAfterSeconds":240')
      await route.fulfill({ response, body: text })
    })
    await page.goto(`${url}/sources?providers=AKAMAI`)
    await page.getByText('Open', { exact: true }).first().waitFor()
    expect(await page.locator('tr.trouble').first().textContent()).toMatch(
      /failed several times in a row\..*UPSTREAM_CIRCUIT_OPEN.*HTTP 503 · next attempt in \d minutes$/,
    )
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    vendors.sandboxes.akamai.emulator.reset()
    await page.goto(`${url}/sources`)
    await page.getByRole('link', { name: 'Show all places' }).click()
    await page.getByRole('link', { name: 'Route planning' }).waitFor()
  }, 60_000)

  it('is a table at 768 px, without the less important columns, and marks the tab in forced colors', async () => {
    await start()
    await page.setViewportSize({ width: 768, height: 900 })
    await page.goto(`${url}/certificates`)
    await page.getByRole('rowheader').first().waitFor()
    const heads = () => shownTexts(page.locator('thead th:visible'))
    expect(await heads()).toEqual(['Name', 'Place', 'Owner', 'Expires', 'Status', 'Renewal'])
    const heights = await rows().evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height))
    expect(Math.max(...heights)).toBeLessThan(100)
    await page.emulateMedia({ forcedColors: 'active' })
    for (const path of ['/certificates', '/sources', '/changes']) {
      await page.goto(`${url}${path}`, { waitUntil: 'networkidle' })
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      const frame = await page
        .locator('.table-frame')
        .evaluateAll((all) => all.map((e) => e.scrollWidth - e.clientWidth))
      expect([path, excess, ...frame]).toEqual([path, 0, ...frame.map(() => 0)])
    }
    await page.goto(`${url}/sources`, { waitUntil: 'networkidle' })
    const styleOf = (current: string) =>
      page
        .locator(`.tabs a${current}`)
        .first()
        .evaluate((tab) => getComputedStyle(tab).outlineStyle)
    expect([await styleOf('[aria-current]'), await styleOf(':not([aria-current])')]).toEqual(['solid', 'none'])
  }, 60_000)

  it('moves nothing while a view is loaded, and fits 320 px', async () => {
    // Each address is opened several times: without it, Akamai's limit is reached and the sources change.
    await start({ upstream: { ttl: '10m' } })
    const path = pathOf(await idOf('api.bluequay.example'))
    const worker = pathOf(await idOf('Batch workers'))
    await page.addInitScript(() => {
      const moved: string[] = []
      Object.assign(globalThis, { moved })
      interface Shift extends PerformanceEntry {
        readonly hadRecentInput: boolean
        readonly sources: readonly { readonly node: Node | null }[]
      }
      new PerformanceObserver((list) => {
        for (const { hadRecentInput, sources } of list.getEntries() as Shift[])
          if (!hadRecentInput) moved.push(sources.map(({ node }) => node?.textContent).join(' | '))
      }).observe({ type: 'layout-shift', buffered: true })
    })
    // The parts of a certificate arrive one after the other.
    await page.route('**/graphql', async (route) => {
      const isLate = /Projects|History|Enrollment|X509|Coverage/.test(route.request().postData() ?? '')
      const response = await route.fetch()
      if (isLate) await new Promise((resolve) => setTimeout(resolve, 300))
      await route.fulfill({ response })
    })
    for (const width of [1440, 768, 320]) {
      await page.setViewportSize({ width, height: 900 })
      for (const address of [path, worker, `${url}/sources`, `${url}/sources?places=all`, `${url}/changes`]) {
        await page.goto(address, { waitUntil: 'networkidle' })
        const read = page.getByRole('button', { name: 'Read the X.509 details' })
        if (await read.count()) {
          await read.click()
          await card('X.509 details').getByText('Alternative names').waitFor()
          await page.waitForLoadState('networkidle')
          // What moves up to 500 ms after a click is not counted.
          await new Promise((resolve) => setTimeout(resolve, 700))
        }
        const { moved, excess } = await page.evaluate(() => ({
          moved: Reflect.get(globalThis, 'moved') as string[],
          excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        }))
        expect([address, width, moved, excess]).toEqual([address, width, [], 0])
      }
    }
  }, 60_000)
})
