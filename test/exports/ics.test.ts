import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import ICAL from 'ical.js'
import { ics } from '../../src/exports/ics.ts'
import { certificatePage, type Listed, type Page } from '../support/certificate-pages.ts'
import { runCommand } from '../support/command-line.ts'
import { failureTtl, whileTimePasses } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { outages, startStackWithSixPlaces } from '../support/vendor-outage.ts'

let stack: Stack
afterEach(async () => {
  jest.restoreAllMocks()
  await stack.close()
})

const day = 86_400_000

/** @param longest the longest sleep whose end the clock advances to */
function get(query = '', init: RequestInit = {}, longest?: number): Promise<Response> {
  const url = stack.url.replace('/graphql', `/expirations.ics${query}`)
  return whileTimePasses(stack.clock, fetch(url, init), longest)
}

async function calendarOf(query = '', longest?: number) {
  const response = await get(query, {}, longest)
  const text = await response.text()
  const component = new ICAL.Component(ICAL.parse(text) as [])
  const events = component.getAllSubcomponents('vevent').map((each) => new ICAL.Event(each))
  return { text, component, events, headers: response.headers }
}

/** The text without the times of the readings. */
const withoutTimes = (text: string) => text.replaceAll(/^DTSTAMP:.*\r\n/gm, '')

const stampOf = ({ component }: ICAL.Event): number =>
  (component.getFirstPropertyValue('dtstamp') as ICAL.Time).toUnixTime()

/** Changes the first certificate of a list of LivePerson in place. */
function replaceFirst(members: object) {
  return (body: unknown) => {
    const [first, ...others] = body as readonly object[]
    return [{ ...first, ...members }, ...others]
  }
}

/** Every certificate that the API lists, from all pages. */
async function listCertificates(filter: object = {}): Promise<readonly Listed[]> {
  const nodes: Listed[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page: Page = await certificatePage(stack, { first: 100, after: after ?? null, filter })
    nodes.push(...page.nodes)
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  }
  return nodes
}

describe('/expirations.ics', () => {
  it('has one event for each certificate with an expiry date, on its day', async () => {
    stack = await startStack({ limits: false })
    const { events, headers } = await calendarOf()
    const listed = await listCertificates()
    const expiring = listed.flatMap(({ name, expiresAt }) =>
      expiresAt === null ? [] : [`${expiresAt.slice(0, 10)} ${name ?? 'A certificate without a name'} expires`],
    )
    expect(expiring.length).toBeGreaterThan(20)
    expect(expiring.length).toBeLessThan(listed.length)
    const shown = events.map(({ summary, startDate }) => `${startDate} ${summary.replace(/ \([^(]*\)$/, '')}`)
    expect(shown.toSorted()).toEqual(expiring.toSorted())
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length)
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    expect(headers.get('x-certgraph-complete')).toBe('true')
  })

  it('has the certificates of a filter only', async () => {
    stack = await startStack({ limits: false })
    const { events } = await calendarOf('?providers=LIVEPERSON&providers=OPENAI&expiresWithin=P30D')
    const listed = await listCertificates({ providers: ['LIVEPERSON', 'OPENAI'], expiresWithin: 'P30D' })
    const dates = listed.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt.slice(0, 10)]))
    expect(events.map(({ startDate }) => startDate.toString())).toEqual(dates)
    expect(new Set(events.map(({ summary }) => summary.slice(summary.lastIndexOf('('))))).toEqual(
      new Set(['(OpenAI)', '(LivePerson)']),
    )
  })

  it('shows the owner of a certificate and links to the page of the server', async () => {
    const owner = { owner: 'storefront', contact: '#storefront', runbookUrl: 'https://runbooks.example/certs' }
    stack = await startStack({
      limits: false,
      configure: (file) => ({
        ...file,
        server: { publicUrl: 'https://certgraph.example/' },
        owners: [{ match: { provider: 'LIVEPERSON' }, ...owner }],
      }),
    })
    const [event] = (await calendarOf('?providers=LIVEPERSON')).events
    expect(event?.description).toContain(
      '\nOwner: storefront\nContact: #storefront\nRunbook: https://runbooks.example/certs\n',
    )
    const url = String(event?.component.getFirstPropertyValue('url'))
    const [, id = ''] = /^https:\/\/certgraph\.example\/certificates\/(.+)$/.exec(url) ?? []
    const { data } = await stack.ask<{ certificate: { provider: string } }>(
      'query ($id: ID!) { certificate(id: $id) { provider } }',
      { id: decodeURIComponent(id) },
    )
    expect(data.certificate.provider).toBe('LIVEPERSON')
  })

  it('has the same bytes for the same reading, and answers 304 while the certificates are the same', async () => {
    stack = await startStack({ limits: false })
    const first = await calendarOf()
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[^"]{20,}"$/)
    const calls = stack.callsTo('').length
    stack.clock.advance(30_000)
    expect(await calendarOf()).toMatchObject({ text: first.text })
    expect(stack.callsTo('')).toHaveLength(calls)

    // The places are read again, and list the same certificates.
    stack.clock.advance(day)
    for (const tag of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
      const known = await get('', { headers: { 'if-none-match': tag } })
      expect([known.status, await known.text(), known.headers.get('etag')]).toEqual([304, '', etag])
    }
    expect(stack.callsTo('').length).toBeGreaterThan(calls)
    expect(withoutTimes((await calendarOf()).text)).toBe(withoutTimes(first.text))
    expect((await get('', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    expect((await get('?providers=OPENAI', { headers: { 'if-none-match': etag } })).status).toBe(200)
    const head = await get('', { method: 'HEAD' })
    expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', etag])
  })

  it.each([
    ['later', { expirationDate: '2033-03-03T00:00:00.000Z' }],
    ['earlier', { expirationDate: '2030-02-02T00:00:00.000Z' }],
    ['on the same day, under another name', { name: 'renamed' }],
  ])('revises an event when its certificate is replaced by one that expires %s', async (_, members) => {
    stack = await startStackWithSixPlaces({ ttl: '1m', staleWhileRevalidate: '0s' })
    const before = await calendarOf('?providers=LIVEPERSON')
    const etag = before.headers.get('etag') ?? ''
    stack.liveperson.emulator.fault({
      match: ({ path }) => path === '/mtls/account/le7000000/certificates',
      effect: { patch: replaceFirst(members) },
    })
    stack.clock.advance(2 * 60_000)
    const changed = await get('?providers=LIVEPERSON', { headers: { 'if-none-match': etag } })
    expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false])
    const after = await calendarOf('?providers=LIVEPERSON')
    const said = ({ startDate, description, summary }: ICAL.Event) => [String(startDate), description, summary].join()
    const known = new Map(before.events.map((event) => [event.uid, event]))
    const different = after.events.filter((event) => said(event) !== said(known.get(event.uid) as ICAL.Event))
    expect(different).toHaveLength(1)
    for (const event of after.events)
      expect(stampOf(event)).toBeGreaterThan(stampOf(known.get(event.uid) as ICAL.Event))
  })

  it('is not rendered for HEAD, nor for a program that has it', async () => {
    stack = await startStackWithSixPlaces({ ttl: '1m', staleWhileRevalidate: '0s' })
    const { tagged } = ics
    if (!tagged) throw new Error('the calendar has no entity tag')
    const [write, digest] = [jest.spyOn(ics, 'write'), jest.spyOn(tagged, 'certificate')]
    const etag = (await calendarOf()).headers.get('etag') ?? ''
    expect([write.mock.calls.length, digest.mock.calls.length]).toEqual([1, 18])
    for (const init of [{ headers: { 'if-none-match': etag } }, { method: 'HEAD' }]) await get('', init)
    // Another filter has the same certificates, and one of them may be read again.
    await get('?providers=AKAMAI&expiresWithin=P1000D', { method: 'HEAD' })
    expect([write.mock.calls.length, digest.mock.calls.length]).toEqual([1, 18])
    stack.clock.advance(2 * 60_000)
    expect((await get('', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect([write.mock.calls.length, digest.mock.calls.length]).toEqual([1, 36])
  })

  it('reads no list for flags that it does not show', async () => {
    stack = await startStack({ limits: false })
    const { data } = await whileTimePasses(
      stack.clock,
      stack.ask<{ certificatePlaces: { nodes: { __typename: string; id: string }[] } }>(
        '{ certificatePlaces(providers: [OPENAI]) { nodes { __typename id } } }',
      ),
    )
    const project = data.certificatePlaces.nodes.find(({ __typename }) => __typename === 'OpenAIProject')
    const { events } = await calendarOf(`?placeIds=${project?.id}`)
    expect(events.length).toBeGreaterThan(0)
    expect(stack.callsTo('/organization/certificates')).toEqual([])
  })

  it('is not stored by caches, and sends no address of itself to the links that it has', async () => {
    stack = await startStack({ limits: false })
    for (const response of [await get(), await get('?unknown=1'), await get('', { method: 'POST' })]) {
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  it('has 75,000 events', async () => {
    stack = await startStack({
      limits: false,
      logLevel: 'silent',
      scale: { akamai: { accounts: 1, contractsPerAccount: 50, enrollmentsPerContract: 1_500 } },
    })
    const response = await fetch(stack.url.replace('/graphql', '/expirations.ics?providers=AKAMAI'))
    const text = await response.text()
    expect(text.split('\r\nBEGIN:VEVENT\r\n').length - 1).toBe(75_000)
    expect(text.endsWith('END:VEVENT\r\nEND:VCALENDAR\r\n')).toBe(true)
    expect(new Set(text.match(/(?<=\nUID:).*/g)).size).toBe(75_000)
  }, 120_000)
})

describe('certgraph export --format ics', () => {
  it('writes the same calendar', async () => {
    stack = await startStack({ limits: false })
    const path = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'config.json')
    writeFileSync(path, JSON.stringify(stack.file))
    const words = ['export', '--format', 'ics', '--provider', 'LIVEPERSON', '--config', path]
    const { code, stdout } = await runCommand(words)
    expect([code, withoutTimes(stdout)]).toEqual([0, withoutTimes((await calendarOf('?providers=LIVEPERSON')).text)])
  })
})

/** Readings are made again after two seconds, and are not served meanwhile. */
const shortLived = { ttl: '1s', staleWhileRevalidate: '0s', staleIfError: '0s' }

/** Since when the only event about an incomplete calendar says that a source cannot be read. */
function sinceIn({ events }: Awaited<ReturnType<typeof calendarOf>>): string {
  const about = events.filter(({ summary }) => summary.startsWith('Incomplete'))
  expect(about).toHaveLength(1)
  const [, text] = /^Incomplete: .+ cannot be read since (.+)$/.exec(about[0]?.summary ?? '') ?? []
  const described = about[0]?.description.split('\n').filter((line) => / cannot be read( since .+ UTC)?$/.test(line))
  expect(described?.filter((line) => !line.includes(' since '))).toEqual([])
  expect(described?.[0]).toContain(text)
  return text ?? about[0]?.summary ?? ''
}

const toText = (time: number) => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`

describe('while an attempt to read a source has not ended, /expirations.ics', () => {
  it.each(
    outages.flatMap((outage) => [
      {
        ...outage,
        what: 'answers 429',
        effect: { status: 429, headers: { 'retry-after': '600' } },
        longest: undefined,
      },
      { ...outage, what: 'does not answer', effect: 'hang' as const, longest: 10_000 },
    ]),
  )('says since when $brand $what', async ({ emulator, strikes, effect, longest }) => {
    stack = await startStackWithSixPlaces({ ...shortLived, readingTimeout: '5m' })
    const { clock } = stack
    expect((await calendarOf()).headers.get('x-certgraph-complete')).toBe('true')
    clock.advance(2_000)
    emulator(stack).fault({ match: (call) => strikes(stack, call), effect })
    const since = toText(clock.now())
    expect(sinceIn(await calendarOf('', longest))).toBe(since)
    clock.advance(5_000)
    expect(sinceIn(await calendarOf('', longest))).toBe(since)
  })

  it('says since when the rate limit leaves no call', async () => {
    stack = await startStack({
      scale: { akamai: { contractsPerAccount: 8, enrollmentsPerContract: 2 } },
      configure: ({ akamai }) => ({ akamai, upstream: shortLived }),
    })
    const { clock } = stack
    expect((await calendarOf()).headers.get('x-certgraph-complete')).toBe('true')
    clock.advance(2_000)
    const since = toText(clock.now())
    expect(sinceIn(await calendarOf())).toBe(since)
    clock.advance(5_000)
    expect(sinceIn(await calendarOf())).toBe(since)
  })
})

describe.each(outages)('while a place of $brand cannot be read, /expirations.ics', ({ emulator, strikes, brand }) => {
  it('has one event today that names the place and since when, until the place is read again', async () => {
    stack = await startStackWithSixPlaces({ ttl: '1m', staleWhileRevalidate: '0s', staleIfError: '1h' })
    const { clock } = stack
    emulator(stack).fault({ match: (call) => strikes(stack, call), effect: { status: 503 } })
    const since = new Date(clock.now())
    const down = await calendarOf()
    const today = new Date(clock.now()).toISOString().slice(0, 10)
    const about = down.events.filter(({ summary }) => summary.startsWith('Incomplete'))
    expect(about).toHaveLength(1)
    expect(down.events).toHaveLength(15 + 1)
    expect(about[0]?.startDate.toString()).toBe(today)
    expect(about[0]?.summary).toContain(`Incomplete: ${brand} `)
    const [, text = ''] = / cannot be read since (.+) UTC$/.exec(about[0]?.summary ?? '') ?? []
    const found = Date.parse(`${text.replace(' ', 'T')}Z`)
    expect(found).toBeGreaterThanOrEqual(Math.floor(since.getTime() / 1000) * 1000)
    expect(found).toBeLessThanOrEqual(clock.now())
    expect(about[0]?.description).toContain('UPSTREAM_UNAVAILABLE')
    expect(down.headers.get('x-certgraph-complete')).toBe('false')
    const required = await get('?require=complete')
    expect([required.status, await required.text()]).toEqual([503, expect.stringContaining('UPSTREAM_UNAVAILABLE')])

    // The next day, the same event has moved, and the time of the first failure has not.
    clock.advance(day)
    const later = await calendarOf()
    const still = later.events.filter(({ summary }) => summary.startsWith('Incomplete'))
    expect(still.map(({ uid, summary }) => [uid, summary])).toEqual([[about[0]?.uid, about[0]?.summary]])
    expect(still[0]?.startDate.toString()).toBe(new Date(clock.now()).toISOString().slice(0, 10))

    emulator(stack).reset()
    clock.advance(failureTtl + day)
    const up = await calendarOf()
    expect(up.events.map(({ summary }) => summary).filter((summary) => !summary.includes(' expires ('))).toEqual([])
    expect(up.events).toHaveLength(18)
    expect(up.headers.get('x-certgraph-complete')).toBe('true')
  })
})
