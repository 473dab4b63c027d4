import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { digestOf } from '../support/callers.ts'
import { download, parseCsv, problemOf } from '../support/exported.ts'
import { sendRequest } from '../support/http-client.ts'
import { type Stack, startStack } from '../support/stack.ts'

const [reader, writer] = ['cg_reader-0123456789', 'cg_writer-0123456789'] as const
const asReader = { headers: { authorization: `Bearer ${reader}` } }

let open: Stack
let closed: Stack
beforeAll(async () => {
  open = await startStack({ limits: false })
  closed = await startStack({
    limits: false,
    configure: (file) => ({
      ...file,
      metrics: { enabled: true },
      access: {
        apiKeys: [
          { name: 'reader', sha256: digestOf(reader), scopes: ['certificates:read', 'metrics:read'] },
          { name: 'writer', sha256: digestOf(writer), scopes: ['certificates:write'] },
        ],
      },
    }),
  })
})
afterAll(async () => {
  await open.close()
  await closed.close()
})

const exports = ['certificates.csv', 'certificates.cdx.json', 'certificates.json']

describe.each(exports)('a request for /%s', (name) => {
  it('gets a file that no cache keeps, with the state of the data in its headers', async () => {
    const { status, headers, text } = await download(open, name)
    expect(status).toBe(200)
    expect(text.length).toBeGreaterThan(1_000)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${name}"`)
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-certgraph-complete')).toBe('true')
    expect(headers.get('x-certgraph-fresh')).toBe('true')
    expect(headers.has('x-certgraph-reasons')).toBe(false)
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  })

  it('gets the same headers and no body with HEAD', async () => {
    const whole = await download(open, name)
    const { status, headers, text } = await download(open, name, {}, { method: 'HEAD' })
    expect([status, text]).toEqual([200, ''])
    for (const header of ['content-type', 'content-disposition', 'x-certgraph-complete', 'cache-control'])
      expect(headers.get(header)).toBe(whole.headers.get(header))
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('is refused with the method %s', async (method) => {
    const answer = await download(open, name, {}, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD')
    expect(problemOf(answer).detail).toBe('An export is read with GET or HEAD.')
  })

  it('is refused without a credential, and with one that is unknown', async () => {
    for (const [init, challenge] of [
      [{}, 'Bearer'],
      [{ headers: { authorization: 'Bearer cg_unknown-0123456789' } }, 'Bearer error="invalid_token"'],
    ] as const) {
      const answer = await download(closed, name, {}, init)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe(challenge)
      expect(answer.headers.get('cache-control')).toBe('private, no-store')
      expect(problemOf(answer)).toMatchObject({ title: 'Not authenticated', code: 'UNAUTHENTICATED' })
      expect(answer.text).not.toContain('cg_unknown')
    }
  })

  it('is refused with a key that may not read', async () => {
    const answer = await download(closed, name, {}, { headers: { authorization: `Bearer ${writer}` } })
    expect(answer.status).toBe(403)
    expect(problemOf(answer).detail).toBe(
      'This key or token lacks the permission certificates:read, which exports need.',
    )
    expect((await download(closed, name, {}, asReader)).status).toBe(200)
  })

  it('is refused for a Host that is not accepted', async () => {
    const { status } = await sendRequest(new URL(`/${name}`, open.url).href, { headers: { host: 'evil.example' } })
    expect(status).toBe(421)
  })

  it('is refused when a page of another site embeds it', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
    const { status } = await sendRequest(new URL(`/${name}`, open.url).href, { headers })
    expect(status).toBe(403)
    // A link on that page is followed.
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await sendRequest(new URL(`/${name}`, open.url).href, { headers: link })).status).toBe(200)
  })
})

describe('a request with wrong parameters', () => {
  it('gets every mistake with what would be right', async () => {
    const before = open.callsTo('').length
    const answer = await download(open, 'certificates.csv', {
      provider: 'AKAMAI',
      expiryStatuses: ['EXPIRED', 'CRITICL'],
      active: 'yes',
      expiresWithin: '14d',
      expiresBefore: 'tomorrow',
      search: ['a', 'b'],
      orderBy: 'EXPIRY',
      require: 'completeness',
      colour: 'red',
    })
    expect(answer.status).toBe(400)
    const { mistakes, detail } = problemOf(answer)
    expect(Object.fromEntries((mistakes ?? []).map(({ parameter, message }) => [parameter, message]))).toEqual({
      provider: 'no parameter of this export; did you mean providers?',
      search: 'given 2 times; expected it once',
      colour: expect.stringMatching(/^no parameter of this export; expected one of providers, .*, bom, x509$/),
      active: 'found "yes"; expected true or false',
      expiryStatuses:
        'found "CRITICL"; expected one of CRITICAL, EXPIRED, OK, UNKNOWN, WARNING; did you mean CRITICAL?',
      expiresWithin: expect.stringMatching(/^found "14d"; expected an ISO 8601 duration/),
      expiresBefore: expect.stringMatching(/^found "tomorrow"; expected a date and time of RFC 3339/),
      orderBy: 'found "EXPIRY"; expected one of CREATED_AT, EXPIRES_AT, NAME, PLACE',
      require: 'found "completeness"; expected one of complete, fresh; did you mean complete?',
    })
    expect(detail).toContain('provider: no parameter of this export; did you mean providers?; ')
    expect(open.callsTo('').length).toBe(before)
  })

  it.each([
    ['placeIds', 'nowhere', /^placeIds\[0\]: not an id of this API/],
    ['owners', 'unknown team', /^owners/],
    ['serialNumber', 'xyz', /^serialNumber: expected hex digits/],
    ['search', 'x'.repeat(257), /^search: 257 characters; expected at most 256$/],
  ])('gets the mistake of a value that only the search knows: %s', async (parameter, value, message) => {
    const answer = await download(open, 'certificates.csv', { [parameter]: value })
    expect(answer.status).toBe(400)
    expect(problemOf(answer).detail).toMatch(message)
  })

  it('gets no more than 21 mistakes, none of them long', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${'x'.repeat(100)}${index}`, '1']))
    const answer = await download(open, 'certificates.csv', many)
    expect(answer.status).toBe(400)
    expect(problemOf(answer).mistakes).toHaveLength(21)
    expect(answer.text.length).toBeLessThan(40_000)
  })
})

describe('an export', () => {
  it('is one line in the log, with its rows and its completeness', async () => {
    const { headers, text } = await download(open, 'certificates.csv', { providers: 'AKAMAI' })
    const line = open.log.findLast(({ msg }) => msg === 'export')
    expect(line).toMatchObject({
      requestId: headers.get('x-request-id'),
      export: 'csv',
      rows: parseCsv(text).length,
      complete: true,
      fresh: true,
      codes: [],
    })
    expect(line?.['durationMs']).toEqual(expect.any(Number))
  })

  it('is counted by its name', async () => {
    await download(closed, 'certificates.csv', {}, asReader)
    await download(closed, 'certificates.csv', { owners: 'unknown team' }, asReader)
    const metrics = await closed.scrape(reader)
    expect(metrics).toMatch(/^certgraph_operations_total\{name="csv",outcome="success"\} [1-9]/m)
    expect(metrics).toMatch(/^certgraph_operations_total\{name="csv",outcome="error"\} 1$/m)
  })
})
