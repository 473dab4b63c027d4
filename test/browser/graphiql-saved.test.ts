import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { describeInBrowser, launchBrowser } from '../support/chromium.ts'
import { type Stack, startStack } from '../support/stack.ts'

const names = [
  'SoonestExpiry',
  'ExpiringTonight',
  'ExpiringWithin30Days',
  'Places',
  'NoOlderThanAMinute',
  'InNumbers',
  'ChangesAsTheyHappen',
  'TryDeactivating',
  'AkamaiDeployments',
]

describeInBrowser('the saved queries of GraphiQL in a browser', () => {
  let stack: Stack
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const errors: string[] = []

  beforeAll(async () => {
    stack = await startStack()
    browser = await launchBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await stack.close()
  })

  async function open(width = 1400): Promise<void> {
    context = await browser.newContext({ viewport: { width, height: 900 } })
    context.on('weberror', (error) => errors.push(error.error().message))
    context.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page = await context.newPage()
    await page.goto(stack.url)
    await isShown('query')
  }
  beforeEach(() => {
    errors.length = 0
  })
  afterEach(async () => {
    await context.close()
    expect(errors).toEqual([])
  }, 30_000)

  const editor = () => page.locator('.graphiql-query-editor .view-lines')
  const response = () => page.locator('.graphiql-response .view-lines')
  const isShown = (text: string) => editor().getByText(text).first().waitFor()
  const tabNames = () => page.getByRole('tab').allInnerTexts()
  const selected = async () => (await page.getByRole('tab', { selected: true }).allInnerTexts()).join()
  /** Without spaces: the editors show other ones, and break lines where there is no room. */
  const textOf = async (lines: Locator) => (await lines.textContent())?.replace(/[\s·]/g, '')

  /** Presses and releases the mouse where the element is, as a person does. */
  async function click(target: Locator, movedBy = 0): Promise<void> {
    await target.scrollIntoViewIfNeeded()
    const { x = 0, y = 0, width = 0, height = 0 } = (await target.boundingBox()) ?? {}
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    // The mouse is pressed for a tenth of a second, and moves a little.
    await page.mouse.move(x + width / 2 + movedBy, y + height / 2, { steps: 4 })
    await page.waitForTimeout(100)
    await page.mouse.up()
  }

  async function reload(): Promise<void> {
    // GraphiQL keeps tabs half a second after they have changed.
    await page.waitForTimeout(1_000)
    await page.reload()
    await editor().waitFor()
    await page.getByRole('tab').first().waitFor()
  }

  /** Sends the query of the tab with the mouse, and returns what the server and the page say. */
  async function execute(name: string) {
    await response().getByText('"data"').waitFor({ state: 'detached' })
    const sent = page.waitForResponse(
      (each) => each.request().method() === 'POST' && each.request().postDataJSON()?.operationName === name,
    )
    await click(page.getByRole('button', { name: 'Execute query' }))
    const answer = await sent
    return { status: answer.status(), answer }
  }

  it.each([1400, 480])(
    'open and run with the mouse, in a window of %d pixels',
    async (width) => {
      await open(width)
      expect(await tabNames()).toEqual(names)
      for (const name of [...names].reverse()) {
        await click(page.getByRole('tab', { name, exact: true }), 2)
        await page.getByRole('tab', { name, selected: true }).waitFor({ timeout: 2_000 })
        await editor().getByText(name, { exact: true }).waitFor()
        const { status, answer } = await execute(name)
        expect([name, status]).toEqual([name, 200])
        if (name === 'ChangesAsTheyHappen') {
          await click(page.getByRole('button', { name: 'Stop query' }))
          continue
        }
        await response().getByText('"data"').waitFor()
        const { data, errors: failures } = await answer.json()
        expect([name, failures]).toEqual([name, undefined])
        expect(await textOf(response())).toContain(`"data":{"${Object.keys(data)[0]}":{`)
      }
      expect(await tabNames()).toEqual(names)
    },
    90_000,
  )

  it('can be put in another order with the mouse, and keep it', async () => {
    await open()
    const tab = await page.getByRole('tab', { name: 'Places' }).boundingBox()
    const target = await page.getByRole('tab', { name: 'InNumbers' }).boundingBox()
    if (!tab || !target) throw new Error('a tab is missing')
    await page.mouse.move(tab.x + tab.width / 2, tab.y + tab.height / 2)
    await page.mouse.down()
    await page.mouse.move(target.x + target.width, tab.y + tab.height / 2, { steps: 40 })
    await page.mouse.up()
    const moved = names.filter((name) => name !== 'Places')
    moved.splice(moved.indexOf('InNumbers') + 1, 0, 'Places')
    expect(await tabNames()).toEqual(moved)
    await reload()
    expect(await tabNames()).toEqual(moved)
  }, 90_000)

  it('are the same tabs after a reload', async () => {
    await open()
    await reload()
    expect(await tabNames()).toEqual(names)
    expect(await selected()).toBe('SoonestExpiry')
    await isShown('SoonestExpiry')

    await click(page.getByRole('tab', { name: 'InNumbers' }))
    await isShown('InNumbers')
    for (const _ of [1, 2]) {
      await reload()
      expect(await tabNames()).toEqual(names)
      expect(await selected()).toBe('InNumbers')
      await isShown('InNumbers')
    }
  }, 90_000)

  async function replaceQuery(text: string): Promise<void> {
    await click(editor())
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(text)
  }

  /** The editor takes a thousand characters a second from the keyboard, and any number at once from the clipboard. */
  async function pasteQuery(text: string): Promise<void> {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await click(editor())
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Control+V')
  }

  it('are kept as they were edited, and so are tabs that were added, with their variables', async () => {
    await open()
    await click(page.getByRole('tab', { name: 'Places' }))
    await isShown('Places')
    await replaceQuery('query Mine { certificates(first: 1) { totalCount } }')
    await page.getByRole('tab', { name: 'Mine', selected: true }).waitFor()
    await click(page.getByRole('button', { name: 'New tab' }))
    await page.getByRole('tab', { name: '<untitled>', selected: true }).waitFor()
    const edited = names.map((name) => (name === 'Places' ? 'Mine' : name))
    await reload()
    expect(await tabNames()).toEqual([...edited, '<untitled>'])
    expect(await selected()).toBe('<untitled>')

    await replaceQuery('query Added($first: Int) { certificates(first: $first) { nodes { name } } }')
    await page.getByRole('tab', { name: 'Added', selected: true }).waitFor()
    await click(page.getByRole('button', { name: 'Variables' }))
    await click(page.locator('.graphiql-editor-tool .view-lines').first())
    await page.keyboard.insertText('{ "first": 2 }')
    await reload()
    expect(await tabNames()).toEqual([...edited, 'Added'])
    expect(await selected()).toBe('Added')
    const { answer } = await execute('Added')
    expect((await answer.json()).data.certificates.nodes).toHaveLength(2)

    await click(page.getByRole('tab', { name: 'Mine' }))
    await isShown('totalCount')
    await reload()
    expect(await tabNames()).toEqual([...edited, 'Added'])
    expect(await selected()).toBe('Mine')
    expect(await textOf(editor())).toBe('queryMine{certificates(first:1){totalCount}}')
  }, 90_000)

  it('are kept with a query that is too long for a URL', async () => {
    await open()
    await replaceQuery('query Short { __typename }')
    await page.waitForURL(/Short/)
    await pasteQuery(`query Long { __typename } # ${'x'.repeat(20_000)}`)
    await page.getByRole('tab', { name: 'Long', selected: true }).waitFor()
    await reload()
    expect(page.url()).toBe(stack.url)
    expect(await tabNames()).toEqual(names.with(0, 'Long'))
    expect(await selected()).toBe('Long')
    await isShown('Long')
  }, 90_000)

  it('are opened beside the query of a link', async () => {
    await open()
    await reload()
    const url = `${stack.url}?query=${encodeURIComponent('query Linked { __typename }')}`
    await page.goto(url)
    await isShown('Linked')
    expect(await tabNames()).toEqual([...names, 'Linked'])
    await context.close()

    context = await browser.newContext()
    page = await context.newPage()
    await page.goto(url)
    await isShown('Linked')
    expect(await tabNames()).toEqual(['Linked', ...names])
    expect(await selected()).toBe('Linked')
  }, 90_000)

  it('are beside documentation that begins with the certificates', async () => {
    await open()
    await click(page.getByRole('button', { name: 'Show Documentation Explorer' }))
    const docs = page.getByRole('region', { name: 'Documentation Explorer' })
    await click(docs.getByText('Query', { exact: true }))
    const field = docs.locator('.graphiql-doc-explorer-field-name').first()
    await field.waitFor()
    expect(await field.textContent()).toBe('certificates')

    await click(page.getByRole('button', { name: 'Show GraphiQL Explorer' }))
    const node = page.locator('.graphiql-explorer-node').first()
    await node.waitFor()
    expect(await node.textContent()).toMatch(/^certificates(after:|$)/)
  }, 90_000)
})
