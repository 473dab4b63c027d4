import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import type { BrowserContext, Page } from 'playwright-core'
import { toCertificateName } from '../../web/certificate-name.ts'
import { shownTexts, useBrowserPage } from '../support/browser-page.ts'
import type { BuiltProgram } from '../support/built-program.ts'
import { describeInBrowser } from '../support/chromium.ts'
import { type PageProgram, startPageProgram } from '../support/page-program.ts'

const key = 'key-of-the-reader-0123456789'
const keyOfAll = 'key-of-everything-0123456789'
const toEntry = (name: string, text: string, places?: readonly string[]) => ({
  name,
  sha256: createHash('sha256').update(text).digest('hex'),
  ...(places && { places }),
})

interface Listed {
  readonly certificates: {
    readonly totalCount: number
    readonly nodes: readonly { readonly id: string; readonly name: string | null }[]
  }
}

describeInBrowser('what people do with the page in a browser', () => {
  let program: BuiltProgram
  let context: BrowserContext
  let page: Page
  let server: PageProgram
  useBrowserPage(
    (opened) => {
      ;({ program, context, page } = opened)
    },
    () => server.close(),
  )

  const heading = () => page.getByRole('heading', { level: 1 })
  const rowNames = () => shownTexts(page.getByRole('rowheader'))
  const open = (name: string) => page.getByRole('link', { name, exact: true }).click()
  const range = () =>
    page
      .getByRole('status')
      .filter({ hasText: /^\d|^No / })
      .first()
  const list = (filter: string, credential?: string) =>
    server.ask<Listed>(`{ certificates(first: 100${filter}) { totalCount nodes { id name } } }`, {}, credential)

  it('find what expires within 14 days with clicks only', async () => {
    server = await startPageProgram(program)
    await page.goto(server.url)
    await open('Certificates')
    await page.getByRole('rowheader').first().waitFor()
    await page.locator('summary', { hasText: 'Expires' }).click()
    await page.getByRole('checkbox', { name: '14 days' }).click()
    await page.waitForURL(/expiresWithin=P14D/)
    const { certificates } = await list(', filter: { expiresWithin: "P14D" }')
    expect(certificates.totalCount).toBeGreaterThan(5)
    await range().getByText(`1–${certificates.totalCount} of ${certificates.totalCount}`).waitFor()
    expect(await rowNames()).toEqual(certificates.nodes.map(({ id, name }) => toCertificateName(name, id)))
    // A row, Back, and a reload keep the filter.
    await page.getByRole('rowheader').first().getByRole('link').click()
    await page.getByText('Identity').waitFor()
    await page.goBack()
    await range().getByText(`of ${certificates.totalCount}`).waitFor()
    await page.reload()
    await range().getByText(`of ${certificates.totalCount}`).waitFor()
    expect(await rowNames()).toHaveLength(certificates.totalCount)
  }, 60_000)

  it('follow each number of the overview to a list of as many rows', async () => {
    server = await startPageProgram(program, { sections: { upstream: {} } })
    await page.goto(server.url)
    await page.getByRole('figure').getByRole('link').first().waitFor()
    await page.waitForLoadState('networkidle')
    const numbers = await page.locator('.tile, .vendors a, .timeline a').evaluateAll((links) =>
      links.map((link) => ({
        href: link.getAttribute('href') ?? '',
        count: Number(
          /: (\d+)/.exec(link.getAttribute('title') ?? '')?.[1] ?? link.querySelector('.number')?.textContent ?? '?',
        ),
      })),
    )
    expect(numbers).toHaveLength(6 + 3 + 24)
    for (const { href, count } of numbers) {
      // As a click does: the page is not loaded again.
      await page.evaluate((target) => {
        const link = document.createElement('a')
        link.href = target
        document.body.append(link)
        link.click()
        link.remove()
      }, href)
      await page.waitForURL(server.url + href)
      const empty = page.getByText('No certificate meets these conditions')
      const listed = count === 0 ? empty : range().getByText(new RegExp(`^1–${count} of ${count}$`))
      await listed.waitFor({ timeout: 15_000 }).catch(async (error) => {
        throw new Error(`${href} has ${await range().textContent()}, not ${count}`, { cause: error })
      })
      await page.goBack()
      await page.getByRole('figure').getByRole('link').first().waitFor()
    }
  }, 90_000)

  it('are never told that all is clear while a vendor is down or the server is stopped, and see it again after that', async () => {
    server = await startPageProgram(program, { sections: { akamai: undefined } })
    await server.removeTroubled()
    await page.clock.install()
    /** Time passes for the timers and ages of the page. The clock of its computer is set back, and stays that of the server. */
    const pass = async (time: number) => {
      await page.clock.fastForward(time)
      await page.clock.setSystemTime(Date.now())
    }
    await page.goto(server.url)
    await heading()
      .getByText(/^All clear: 3 sources read, oldest /)
      .waitFor()
    await page.evaluate(() => {
      const said: string[] = []
      Object.assign(globalThis, { said })
      new MutationObserver(() => said.push(document.querySelector('h1')?.textContent ?? '')).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      })
    })
    /** What the first line has said since the last call. */
    const said = () => page.evaluate(() => (Reflect.get(globalThis, 'said') as string[]).splice(0))

    const refreshUntilClear = async () => {
      for (let time = 0; time < 45 && !/All clear/.test((await heading().textContent()) ?? ''); time += 1) {
        await page.waitForTimeout(1_000)
        await pass(61_000)
      }
      expect(await heading().textContent()).toMatch(/^All clear: 3 sources read/)
    }

    const repair = server.vendors.liveperson.emulator.fault({ effect: { status: 503, body: 'down' } })
    await pass(61_000)
    await heading()
      .getByText(/^2 sources of LivePerson cannot be read since \d+:\d\d [AP]M: the vendor is not available/)
      .waitFor()
    await said()
    await pass(61_000)
    await open('Certificates')
    await page.getByRole('rowheader').first().waitFor()
    expect(new Set(await shownTexts(page.locator('td[data-label="Vendor"]')))).toEqual(
      new Set(['LivePerson', 'OpenAI']),
    )
    await open('Overview')
    await heading()
      .getByText(/cannot be read since/)
      .waitFor()
    expect((await said()).filter((text) => text.startsWith('All clear'))).toEqual([])
    repair()
    // After repeated failures, an account is not called for half a minute.
    await refreshUntilClear()

    await server.stop()
    await said()
    await pass(61_000)
    await pass(65_000)
    await heading()
      .getByText(/^Not connected since \d+:\d\d [AP]M$/)
      .waitFor()
    await said()
    for (let minute = 0; minute < 3; minute += 1) await pass(61_000)
    expect((await said()).filter((text) => !text.startsWith('Not connected since '))).toEqual([])
    await server.start()
    await refreshUntilClear()
  }, 90_000)

  it('see all clear for warnings, and not for a certificate that expired, is critical or has no date', async () => {
    server = await startPageProgram(program, { sections: { akamai: undefined } })
    await server.removeTroubled()
    await page.goto(server.url)
    await heading()
      .getByText(/^All clear/)
      .waitFor()
    expect(
      Number(
        await page
          .getByRole('link', { name: /^Warning/ })
          .locator('.number')
          .textContent(),
      ),
    ).toBeGreaterThan(0)
    const [organization] = server.vendors.openai.state.organizations
    const row = organization?.certificates[0]
    if (!row) throw new Error('the emulator has no certificates')
    const second = Math.floor(Date.now() / 1000)
    for (const [id, expiresAt, text] of [
      ['cert_expired', second - 3_600, /^1 certificate expired 1 hour ago$/],
      [
        'cert_critical',
        second + 86_400,
        /^1 certificate critical, expiring in (24|23) hours|^1 certificate critical, expiring (in 1 day|tomorrow)/,
      ],
      ['cert_unknown', null, /^1 certificate of unknown expiry$/],
    ] as const) {
      organization.certificates.push({ ...row, id, name: id, expiresAt })
      await page.reload()
      await heading().getByText(text).waitFor()
      expect(await page.getByText(/^All clear/).count()).toBe(0)
      organization.certificates.pop()
      await page.reload()
      await heading()
        .getByText(/^All clear/)
        .waitFor()
    }
  }, 60_000)

  it('see with a limited key exactly its places, until the key is revoked', async () => {
    const apiKeys = [toEntry('all', keyOfAll), toEntry('reader', key, ['le4830275', 'K-2CB4PY1'])]
    server = await startPageProgram(program, { sections: { upstream: {}, access: { apiKeys } } })
    const mine = (await list('', key)).certificates
    const all = (await list('', keyOfAll)).certificates
    const myNames = mine.nodes.map(({ name }) => name)
    const hidden = all.nodes.filter(({ id }) => !mine.nodes.some((each) => each.id === id))
    expect([mine.totalCount > 5, hidden.length > 20]).toEqual([true, true])
    const { certificateStatistics: mySources } = await server.ask<{ certificateStatistics: { sources: unknown[] } }>(
      '{ certificateStatistics { sources { id } } }',
      {},
      key,
    )
    const count = mySources.sources.length
    const requests: string[] = []
    const answers: Promise<string>[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('response', (response) => answers.push(response.text().catch(() => '')))
    await page.clock.install()
    await page.goto(`${server.url}/certificates`)
    await page.getByLabel('API key or token').fill(key)
    await page.keyboard.press('Enter')
    await range().getByText(`1–${mine.totalCount} of ${mine.totalCount}`).waitFor()
    expect(await rowNames()).toEqual(myNames)
    await page.locator('summary', { hasText: 'Place' }).click()
    await page.getByRole('checkbox').first().waitFor()
    const places = ['LivePerson account Bluequay customer chat', 'Akamai CPS contract K-2CB4PY1']
    const offered = await page.locator('details[open] label').allInnerTexts()
    expect(offered.map((text) => text.split('\n')[0]).toSorted()).toEqual(places.toSorted())
    await page.keyboard.press('Escape')
    for (const format of ['CSV', 'Calendar', 'JSON', 'CycloneDX']) {
      await page.locator('summary', { hasText: 'Export' }).click()
      const saved = page.waitForEvent('download')
      await page.getByRole('link', { name: new RegExp(`^${format} `) }).click()
      const text = readFileSync(await (await saved).path(), 'utf8')
      expect(text).toContain('pay.clearberth.example')
      expect(
        hidden.filter(
          ({ name, id }) =>
            text.includes(id) || (name && !myNames.some((each) => each?.includes(name)) && text.includes(name)),
        ),
      ).toEqual([])
      await page.keyboard.press('Escape')
    }
    await open('Overview')
    await page.getByText(new RegExp(`^${mine.totalCount} certificates at ${count} sources`)).waitFor()
    await open('Sources')
    await range().getByText(`1–${count} of ${count}`).waitFor()
    await open('Show all places')
    await range()
      .getByText(/^1–2 of 2/)
      .waitFor()
    await open('Changes')
    await page.getByText(/Nothing has changed|Nothing is known/).waitFor()
    // Nothing of the other places was sent.
    const sent = (await Promise.all(answers)).join('\n')
    expect(hidden.filter(({ id }) => sent.includes(id))).toEqual([])
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    expect(await context.cookies()).toEqual([])
    expect([...requests, stored, server.printed(), page.url()].filter((text) => text.includes(key))).toEqual([])

    await open('Certificates')
    await page.getByRole('rowheader').first().waitFor()
    await server.reload({ access: { apiKeys: [toEntry('all', keyOfAll)] } })
    await page.clock.fastForward(61_000)
    await page.getByText('The server does not accept this key.').waitFor()
    expect(await page.getByRole('row').count()).toBe(0)
    expect(await page.getByText('pay.clearberth.example').count()).toBe(0)
    await page.getByLabel('API key or token').fill(keyOfAll)
    await page.keyboard.press('Enter')
    await range().getByText(`1–${all.totalCount} of ${all.totalCount}`).waitFor()
  }, 90_000)

  it('use each view where the server accepts trusted documents only, and nothing moves', async () => {
    server = await startPageProgram(program, { sections: { upstream: {} } })
    const { certificates } = await list('')
    const text = 'query Trusted { __typename }'
    const file = join(mkdtempSync(join(tmpdir(), 'certgraph-documents-')), 'documents.json')
    writeFileSync(file, JSON.stringify({ [createHash('sha256').update(text).digest('hex')]: text }))
    await server.reload({ upstream: {}, documents: { mode: 'require', file } })
    await expect(list('')).rejects.toThrow('PERSISTED_QUERY')
    const bodies: Promise<{ data: unknown; errors?: unknown } | null>[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('/graphql')) bodies.push(response.json().catch(() => null))
    })
    await page.addInitScript(() => {
      const moved: string[] = []
      Object.assign(globalThis, { moved })
      new PerformanceObserver((entries) => {
        for (const entry of entries.getEntries() as (PerformanceEntry & { hadRecentInput: boolean })[])
          if (!entry.hadRecentInput) moved.push(`${location.pathname} ${JSON.stringify(entry)}`)
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.clock.install()
    await page.goto(server.url)
    const views = [
      '/certificates',
      `/certificates/${encodeURIComponent(certificates.nodes[0]?.id ?? '')}`,
      '/sources',
      '/changes',
      '/',
    ]
    for (const view of views) {
      await page.waitForLoadState('networkidle')
      await page.clock.fastForward(61_000)
      await page.waitForLoadState('networkidle')
      await page.clock.runFor(1_000)
      await page.evaluate((target) => {
        const link = document.createElement('a')
        link.href = target
        document.body.append(link)
        link.click()
        link.remove()
      }, view)
      await page.waitForURL(server.url + view)
      await page.locator('main .skeleton').first().waitFor({ state: 'detached' })
    }
    await page.waitForLoadState('networkidle')
    // The body of an answer that the view does not wait for any more may be gone.
    const received = (await Promise.all(bodies)).filter((body) => body !== null)
    expect(received.length).toBeGreaterThan(10)
    expect(received.filter(({ data, errors }) => data === null || errors !== undefined)).toEqual([])
    expect(await page.evaluate(() => Reflect.get(globalThis, 'moved'))).toEqual([])
  }, 90_000)
})
