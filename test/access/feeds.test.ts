import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import ICAL from 'ical.js'
import { askAs, digestOf, somePlaces } from '../support/callers.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { startTracing, type Tracing } from '../support/tracing.ts'

const key = 'cg_dashboard-0123456789'
const [everything, some, unknown] = ['A', 'B', 'C'].map((letter) => `cgf_${letter.repeat(43)}`) as [
  string,
  string,
  string,
]
const tokens = [everything, some, unknown]

let stack: Stack
let tracing: Tracing
beforeEach(() => {
  tracing = startTracing()
})
afterEach(async () => {
  await stack.close()
  await tracing.stop()
})

const access = {
  apiKeys: [{ name: 'dashboard', sha256: digestOf(key), scopes: ['certificates:read', 'metrics:read'] }],
  feeds: [
    { name: 'everything', sha256: digestOf(everything) },
    { name: 'some', sha256: digestOf(some), places: somePlaces },
  ],
}

async function start(settings: object = { access }) {
  stack = await startStack({
    limits: false,
    configure: (file) => ({ ...file, metrics: { enabled: true }, ...settings }),
  })
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}
/** The answers of a test. None may contain a token. */
let answers: Answer[] = []
beforeEach(() => {
  answers = []
})

async function get(target: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await whileTimePasses(stack.clock, fetch(stack.url.replace('/graphql', target), { headers }))
  const answer = { status: response.status, headers: response.headers, text: await response.text() }
  answers.push(answer)
  return answer
}

const summariesIn = ({ text }: Answer) =>
  new ICAL.Component(ICAL.parse(text) as [])
    .getAllSubcomponents('vevent')
    .map((event) => String(event.getFirstPropertyValue('summary')))

/** Everything that the program has written, besides the answers to operations. */
async function writtenText(): Promise<string> {
  const metrics = await get('/metrics', { authorization: `Bearer ${key}` })
  const health = await get('/health', { authorization: `Bearer ${key}` })
  expect([metrics.status, health.status]).toEqual([200, 200])
  const spans = tracing.all.map(({ name, attributes, events, links, status }) => ({
    name,
    attributes,
    events,
    links,
    status,
  }))
  const shown = answers.map(({ text, headers }) => [text, [...headers]])
  return JSON.stringify([shown, stack.wholeLog, spans])
}

const mentionsOf = async (secrets: readonly string[]) => {
  const text = await writtenText()
  return secrets.filter((secret) => text.includes(secret.slice(4, 30)))
}

describe('the token of a feed', () => {
  it('gives the calendar of its places, and another token that of others', async () => {
    await start()
    const whole = summariesIn(await get(`/expirations.ics?token=${everything}`))
    const limited = summariesIn(await get(`/expirations.ics?token=${some}`))
    const withKey = summariesIn(await get('/expirations.ics', { authorization: `Bearer ${key}` }))
    expect(withKey).toEqual(whole)
    expect(limited.length).toBeGreaterThan(0)
    expect(limited.length).toBeLessThan(whole.length)
    const { data } = await whileTimePasses(
      stack.clock,
      askAs(
        stack.url,
        key,
        `query ($places: [ID!]) { certificates(first: 100, filter: { placeIds: $places }) { nodes { name expiresAt } } }`,
        { places: somePlaces },
      ),
    )
    const { nodes } = (data as { certificates: { nodes: { name: string; expiresAt: string | null }[] } }).certificates
    const expected = nodes.flatMap(({ name, expiresAt }) => (expiresAt === null ? [] : [name]))
    expect(limited.map((summary) => summary.replace(/ expires \([^(]*\)$/, ''))).toEqual(expected)
    expect(stack.log.filter(({ msg }) => msg === 'export').map(({ caller }) => caller)).toEqual([
      'feed:everything',
      'feed:some',
      'dashboard',
    ])
  })

  it('is combined with the filter, and is no part of it', async () => {
    await start()
    const { status, text } = await get(`/expirations.ics?token=${everything}&providers=OPENAI`)
    expect([status, text.includes('(OpenAI)'), text.includes('(Akamai)')]).toEqual([200, true, false])
    const outside = await get(`/expirations.ics?token=${some}&placeIds=le4830275`)
    expect([outside.status, outside.text.includes('BEGIN:VCALENDAR')]).toEqual([400, false])
  })

  it('gives no more than the certificates that it may have', async () => {
    await start()
    const { headers } = await get(`/expirations.ics?token=${everything}`)
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('etag')).toMatch(/^W\/"/)
    const etag = headers.get('etag') ?? ''
    const known = await get(`/expirations.ics?token=${everything}`, { 'if-none-match': etag })
    expect([known.status, known.text]).toEqual([304, ''])
    // The tag shows nothing to a token that does not have these certificates.
    const other = await get(`/expirations.ics?token=${some}`, { 'if-none-match': etag })
    expect(other.status).toBe(200)
    expect((await get(`/expirations.ics?token=${unknown}`, { 'if-none-match': etag })).status).toBe(401)
  })

  it.each([
    ['no token', ''],
    ['an empty token', '?token='],
    ['an unknown token', `?token=${unknown}`],
    ['the digest of a token', `?token=${digestOf(everything)}`],
    ['the beginning of a token', `?token=${everything.slice(0, -1)}`],
    ['an API key in place of a token', `?token=${key}`],
    ['two tokens', `?token=${everything}&token=${everything}`],
    ['a token in another parameter', `?key=${everything}`],
  ])('is required: %s is answered 401, without a call to a vendor', async (_, query) => {
    await start()
    const { status, headers, text } = await get(`/expirations.ics${query}`)
    expect([status, headers.get('cache-control')]).toEqual([401, 'private, no-store'])
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(JSON.parse(text)).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(stack.callsTo('')).toEqual([])
    expect(stack.log).toMatchObject([{ msg: 'authentication failed', reason: expect.any(String) }])
    expect(await mentionsOf([...tokens, key])).toEqual([])
  })

  it('gives an incomplete calendar when a place in its list exists nowhere', async () => {
    const [feed] = access.feeds
    await start({ access: { ...access, feeds: [{ ...feed, places: ['org_bluequay', 'org_bluequai'] }] } })
    const answer = await get(`/expirations.ics?token=${everything}`)
    expect(summariesIn(answer)[0]).toBe('Certificate expirations are incomplete')
    expect(answer.headers.get('x-certgraph-complete')).toBe('false')
    expect(answer.headers.get('x-certgraph-reasons')).toBe(
      'org_bluequai in the list of this feed is neither configured nor discovered',
    )
    expect((await get(`/expirations.ics?token=${everything}&require=complete`)).status).toBe(503)
  })

  it('decides, whatever key the request has as well', async () => {
    await start()
    const authorization = `Bearer ${key}`
    expect((await get(`/expirations.ics?token=${unknown}`, { authorization })).status).toBe(401)
    const basic = await get(`/expirations.ics?token=${some}`, { authorization: 'Basic cHJveHk6cHJveHk=' })
    expect(basic.status).toBe(200)
  })

  it('is refused as a key, on every path', async () => {
    await start()
    const authorization = `Bearer ${everything}`
    expect((await askAs(stack.url, everything, '{ __typename }')).status).toBe(401)
    for (const path of ['/expirations.ics', '/certificates.csv', '/metrics', '/graphql?query={__typename}'])
      expect({ path, status: (await get(path, { authorization })).status }).toEqual({ path, status: 401 })
    expect(JSON.parse((await get('/health', { authorization })).text)).not.toHaveProperty('places')
    expect(stack.callsTo('')).toEqual([])
  })

  it('is refused in the URL of every other path', async () => {
    await start()
    for (const path of ['/graphql?query={__typename}&', '/certificates.csv?', '/metrics?', '/EXPIRATIONS.ics?'])
      expect((await get(`${path}token=${everything}`)).status).toBeGreaterThanOrEqual(401)
    expect(JSON.parse((await get(`/health?token=${everything}`)).text)).not.toHaveProperty('places')
    expect(stack.callsTo('')).toEqual([])
    expect(await mentionsOf(tokens)).toEqual([])
  })

  it('is written nowhere, also where it is in the wrong place', async () => {
    await start()
    const authorization = `Bearer ${key}`
    for (const target of [
      `/expirations.ics?token=${everything}`,
      `/expirations.ics?token=${everything}&expiresWithin=soon`,
      `/expirations.ics?token=${everything}&${some}=1`,
      `/expirations.ics?token=${everything}&tokens=${some}`,
      `/expirations.ics?token=${everything}&providers=${some}`,
      `/expirations.ics?token=${everything}&expiresWithin=${some}`,
      `/expirations.ics?token=${everything}&placeIds=${some}`,
      `/expirations.ics?token=${everything}&owners=${some}`,
      `/expirations.ics?token=${everything}&after=${encodeURIComponent(some)}`,
      `/expirations.ics/${some}`,
      `/expirations.ics?token=${everything}#${some}`,
    ])
      await get(target)
    for (const target of [
      `/certificates.csv?token=${some}`,
      `/graphql?query={certificates(filter:{placeIds:["${some}"]}){totalCount}}`,
    ])
      await get(target, { authorization, referer: `http://127.0.0.1/expirations.ics?token=${some}` })
    expect(answers.filter(({ status }) => status === 400).length).toBeGreaterThan(5)
    answers = answers.filter(({ text }) => !text.includes('"errors"'))
    expect(await mentionsOf(tokens)).toEqual([])
  })

  it('is not needed and not looked at where access is public', async () => {
    await start({ access: 'public' })
    const open = await get('/expirations.ics')
    const old = await get(`/expirations.ics?token=${unknown}`)
    expect([open.status, old.status, old.text === open.text]).toEqual([200, 200, true])
    expect(old.headers.get('cache-control')).toBe('private, no-store')
    expect(await mentionsOf(tokens)).toEqual([])
  })
})
