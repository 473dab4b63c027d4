import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { type BuiltProgram, buildProgram } from '../support/built-program.ts'
import { describeInBrowser, launchBrowser } from '../support/chromium.ts'
import { type PageProgram, startPageProgram } from '../support/page-program.ts'

/** The rate limits are per account, and each account is small enough to be read at once. */
const scale = {
  openai: { organizations: 1, certificatesPerOrganization: 50, projectsPerOrganization: 5 },
  akamai: { accounts: 20, contractsPerAccount: 5, enrollmentsPerContract: 500 },
  liveperson: { accounts: 500, certificatesPerAccount: 50 },
}
const total = '75,050'

interface Listed {
  readonly certificates: {
    readonly nodes: readonly { readonly name: string }[]
    readonly totalCount: number
    readonly complete: boolean
    readonly pageInfo: { readonly endCursor: string }
  }
}

describeInBrowser('the page with 75,000 certificates in a browser', () => {
  let program: BuiltProgram
  let browser: Browser
  let page: Page
  let server: PageProgram

  beforeAll(async () => {
    ;[program, browser] = await Promise.all([buildProgram(), launchBrowser()])
    const upstream = { ttl: '1h', discoveryTtl: '1h', readingTimeout: '5m', deadline: '4m' }
    server = await startPageProgram(program, { scale, sections: { upstream } })
    // On a slow machine, reading everything takes longer than an operation may.
    while (!(await read('')).complete);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const read = async (parameters: string) => {
    const query = `{ certificates(first: 100${parameters}) { nodes { name } totalCount complete pageInfo { endCursor } } }`
    return (await server.ask<Listed>(query)).certificates
  }
  const namesOf = ({ nodes }: Listed['certificates']) => nodes.map(({ name }) => name)
  const range = (text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor()
  const names = () => page.getByRole('rowheader').allInnerTexts()

  it('has them in the numbers of the overview', async () => {
    await page.goto(server.url)
    await page.getByText(`${total} certificates at 621 sources`).waitFor()
    await page.getByRole('link', { name: 'Akamai CPS 50,000' }).click()
    await range('1–100 of 50,000')
  }, 60_000)

  it('shows the first page, the next ones and the previous one', async () => {
    await page.goto(`${server.url}/certificates`)
    await range(`1–100 of ${total}`)
    const first = await read('')
    expect(await names()).toEqual(namesOf(first))
    const next = () => page.getByRole('link', { name: 'Next' }).click()
    await next()
    await range(`101–200 of ${total}`)
    const second = await read(`, after: "${first.pageInfo.endCursor}"`)
    expect(await names()).toEqual(namesOf(second))
    await next()
    await range(`201–300 of ${total}`)
    await page.getByRole('link', { name: 'Previous' }).click()
    await range(`101–200 of ${total}`)
    expect(await names()).toEqual(namesOf(second))
    await page.reload()
    await range(`101–200 of ${total}`)
    expect(await names()).toEqual(namesOf(second))
  }, 60_000)

  it('sorts, filters and searches all of them', async () => {
    await page.goto(`${server.url}/certificates`)
    await range(`1–100 of ${total}`)
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('link').click()
    await page.locator('th[aria-sort="ascending"]', { hasText: 'Name' }).waitFor()
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('link').click()
    await page.locator('th[aria-sort="descending"]', { hasText: 'Name' }).waitFor()
    const order = ', orderBy: { field: NAME, direction: DESC }'
    const last = namesOf(await read(order))
    await page
      .getByRole('rowheader', { name: last[0] ?? '', exact: true })
      .first()
      .waitFor()
    expect(await names()).toEqual(last)

    await page.locator('summary', { hasText: 'Status' }).click()
    await page.getByRole('checkbox', { name: 'Expired' }).click()
    const expired = await read(`${order}, filter: { expiryStatuses: [EXPIRED] }`)
    await range(`1–100 of ${expired.totalCount.toLocaleString('en-US')}`)
    expect(await names()).toEqual(namesOf(expired))

    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('host1234')
    const found = await read(`${order}, filter: { expiryStatuses: [EXPIRED], search: "host1234" }`)
    expect(found.totalCount).toBeLessThan(100)
    await range(found.totalCount === 0 ? 'No certificates' : `1–${found.totalCount} of ${found.totalCount}`)
    expect(await names()).toEqual(namesOf(found))

    await page.locator('summary', { hasText: 'Place' }).click()
    await page.getByText(/more; type to find one/).waitFor()
    await page.getByPlaceholder('Find').fill('C-19S4')
    expect(await page.locator('details[open] label.option').allInnerTexts()).toEqual([
      expect.stringContaining('Akamai CPS contract C-19S4'),
    ])
  }, 60_000)
})
