import { afterEach, describe, expect, it } from '@jest/globals'
import { defaultLimits } from '../../src/limits.ts'
import { sha256Of } from '../../src/server/document-id.ts'
import { type EventStream, openEventStream } from '../support/event-stream.ts'
import { post, sendRequest } from '../support/http-client.ts'
import { startTicks } from '../support/ticks.ts'
import { until } from '../support/until.ts'

type Ticks = Awaited<ReturnType<typeof startTicks>>

const query = 'subscription Ticks($after: Int) { ticked(after: $after) { number } }'
const numbers = ({ results }: EventStream) => results.map(({ data }) => data?.['ticked'])
const linesOf = ({ log }: Ticks, message: string) => log.filter(({ msg }) => msg === message)

let server: Ticks
afterEach(() => server.close())

async function start(options: Parameters<typeof startTicks>[0] = {}): Promise<void> {
  server = await startTicks(options)
}

const open = (headers: Record<string, string> = {}, variables: object = {}) =>
  openEventStream(server.url, { query, variables }, headers)

describe('a subscription', () => {
  it('is answered with the events of graphql-sse', async () => {
    await start()
    const stream = await open()
    expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream'])
    server.source.push({ number: 1 }, { number: 2 })
    await stream.untilResults(2)
    expect(stream.text.replace(/^:\n\n/gm, '')).toBe(
      [1, 2].map((number) => `event: next\ndata: {"data":{"ticked":{"number":${number}}}}\n\n`).join(''),
    )
    stream.leave()
    await until(() => server.source.open === 0)
  })

  it('is not buffered by proxies', async () => {
    await start()
    const { headers, leave } = await open()
    expect(headers['cache-control']).toContain('no-cache')
    expect(headers['x-accel-buffering']).toBe('no')
    leave()
  })

  it('gets what its source has had before, in order', async () => {
    await start()
    server.source.push(...Array.from({ length: 500 }, (_, number) => ({ number })))
    const stream = await open({}, { after: 100 })
    await stream.untilResults(400)
    server.source.push({ number: 500 })
    await stream.untilResults(401)
    expect(numbers(stream)).toEqual(Array.from({ length: 401 }, (_, index) => ({ number: index + 100 })))
    stream.leave()
  })

  it('is open while the deadline of operations passes', async () => {
    await start()
    const stream = await open()
    server.clock.advance(3_600_000)
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    expect(numbers(stream)).toEqual([{ number: 1 }])
    stream.leave()
  })

  it('takes no slot of the operations of its caller', async () => {
    await start({ limits: { ...defaultLimits, operations: { executing: 1, waiting: 0, perCaller: 1 } } })
    const streams = [await open(), await open()]
    expect((await post(server.url, { query: '{ hello }' })).body).toBe('{"data":{"hello":"world"}}')
    for (const { leave } of streams) leave()
  })

  it('has the errors of its fields with a code, and masked', async () => {
    await start()
    const stream = await openEventStream(server.url, { query: 'subscription { ticked { number broken } }' })
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    const [result] = stream.results
    expect(result?.data).toEqual({ ticked: { number: 1, broken: null } })
    expect(result?.errors).toMatchObject([
      {
        message: 'Unexpected error.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: stream.headers['x-request-id'] },
      },
    ])
    expect(linesOf(server, 'unexpected error')).toMatchObject([{ err: { message: 'secret internals' } }])
    stream.leave()
  })

  it('has no event that its caller may not see', async () => {
    const caller = { name: 'a', permissions: new Set([]), places: new Set(['seen']), isIdentified: true }
    await start({ authenticate: async () => caller })
    const stream = await open()
    server.source.push({ number: 1, place: 'hidden' }, { number: 2, place: 'seen' })
    await stream.untilResults(1)
    expect(numbers(stream)).toEqual([{ number: 2 }])
    expect(stream.text).not.toContain('number":1')
    stream.leave()
  })

  it('is refused with the error of its resolver', async () => {
    await start()
    const { status, results, untilClosed } = await openEventStream(server.url, {
      query: 'subscription { ticked(fail: "no") { number } }',
    })
    await untilClosed()
    expect([status, results[0]?.errors?.[0]?.extensions['code']]).toEqual([500, 'INTERNAL_SERVER_ERROR'])
    expect(linesOf(server, 'subscription began')).toEqual([])
    expect(linesOf(server, 'operation')).toMatchObject([{ codes: ['INTERNAL_SERVER_ERROR'] }])
    expect(server.source.open).toBe(0)
  })

  it('is logged when it begins and when it ends', async () => {
    await start()
    const stream = await open({ 'x-request-id': 'r1' })
    server.source.push({ number: 1 }, { number: 2 })
    await stream.untilResults(2)
    server.clock.advance(5_000)
    stream.leave()
    await until(() => linesOf(server, 'subscription ended').length === 1)
    const identity = { requestId: 'r1', caller: '127.0.0.1', operationName: 'Ticks' }
    expect(linesOf(server, 'subscription began')).toMatchObject([identity])
    expect(linesOf(server, 'subscription ended')).toMatchObject([
      { ...identity, events: 2, durationMs: 5_000, reason: 'client_left' },
    ])
    expect(linesOf(server, 'operation')).toEqual([])
  })

  it('costs what one event costs', async () => {
    await start({ costOf: () => ({ cost: 7, bytes: 10 }) })
    const stream = await open({ 'x-certgraph-cost': '1' })
    expect(stream.headers['x-certgraph-cost']).toBe('7')
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    expect(stream.results[0]?.extensions).toEqual({ cost: 7 })
    stream.leave()
  })
})

describe('a request with a subscription', () => {
  const subscribe = (headers: Record<string, string>, body: object = { query }) => post(server.url, body, headers)
  const acceptsBoth = { accept: 'text/event-stream, application/graphql-response+json' }
  const codeOf = (body: string) => JSON.parse(body).errors[0].extensions.code

  it('has to accept server-sent events', async () => {
    await start()
    const { status, body } = await subscribe({ accept: 'application/json' })
    expect([status, codeOf(body)]).toEqual([406, 'BAD_USER_INPUT'])
    expect(JSON.parse(body).errors[0].message).toBe(
      'A subscription is answered with server-sent events; expected text/event-stream in the header Accept.',
    )
    expect(server.source.open).toBe(0)
  })

  it.each(['multipart/mixed', 'text/html', 'text/event-stream;charset=latin1', 'application/graphql-response+json'])(
    'gets a reason in JSON when it accepts "%s"',
    async (accept) => {
      await start()
      const { status, headers, body } = await subscribe({ accept })
      expect([status, headers['content-type'], codeOf(body)]).toEqual([
        406,
        'application/graphql-response+json; charset=utf-8',
        'BAD_USER_INPUT',
      ])
      expect(server.source.open).toBe(0)
    },
  )

  it.each(['*/*', 'text/*', 'application/json, text/event-stream', ''])(
    'is answered when it accepts "%s"',
    async (accept) => {
      await start()
      const stream = await open({ accept })
      expect(stream.headers['content-type']).toBe('text/event-stream')
      stream.leave()
    },
  )

  it('is answered for itself when others are identical, and never stored', async () => {
    await start({ storeFor: 1_000 })
    const streams = await Promise.all(Array.from({ length: 5 }, () => open()))
    server.source.push({ number: 1 })
    await Promise.all(streams.map(({ untilResults }) => untilResults(1)))
    const later = await open()
    server.source.push({ number: 2 })
    await Promise.all([later, ...streams].map((stream, index) => stream.untilResults(index === 0 ? 1 : 2)))
    expect(numbers(later)).toEqual([{ number: 2 }])
    for (const stream of streams) expect(numbers(stream)).toEqual([{ number: 1 }, { number: 2 }])
    expect(new Set([later, ...streams].map(({ headers }) => headers['x-request-id'])).size).toBe(6)
    for (const { leave } of [later, ...streams]) leave()
  })

  it.each([
    'subscription { ticked @skip(if: true) { number } }',
    'subscription { ticked @include(if: true) { number } }',
    'subscription ($yes: Boolean!) { ticked @include(if: $yes) { number } }',
    'subscription ($yes: Boolean = true) { ... @skip(if: $yes) { ticked { number } } }',
    'subscription { ...Ticks @include(if: false) } fragment Ticks on Subscription { ticked { number } }',
    'subscription { ...Ticks } fragment Ticks on Subscription { ... on Subscription { ticked @skip(if: true) { number } } }',
  ])('leaves out no field at the root: "%s"', async (text) => {
    await start()
    const { status, body } = await subscribe(acceptsBoth, { query: text, variables: { yes: true } })
    expect([status, codeOf(body)]).toEqual([400, 'BAD_USER_INPUT'])
    expect(JSON.parse(body).errors[0].message).toMatch(/^@(skip|include) is not allowed at the field of a subscription/)
    expect(linesOf(server, 'unexpected error')).toEqual([])
  })

  it.each([
    'subscription { __typename }',
    'subscription { ticked { number } __typename }',
    'subscription { a: ticked { number } b: ticked { number } }',
    'subscription { ...Ticks } fragment Ticks on Subscription { ...Ticks }',
    'subscription { ...Missing }',
  ])('has one field: "%s" is not valid', async (text) => {
    await start()
    const { status, body } = await subscribe(acceptsBoth, { query: text })
    expect([status, codeOf(body)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
    expect(linesOf(server, 'unexpected error')).toEqual([])
  })

  it.each([
    'subscription { t: ticked { number } }',
    'subscription { t: ticked { number } t: ticked { number @skip(if: false) } }',
    'subscription { ...A ...A } fragment A on Subscription { ... { t: ticked { number } } }',
    'subscription ($yes: Boolean = true) { t: ticked { number @include(if: $yes) text @skip(if: $yes) } }',
  ])('may have an alias, fragments, and conditions below its field: "%s"', async (text) => {
    await start()
    const stream = await openEventStream(server.url, { query: text })
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    expect(stream.results).toEqual([{ data: { t: { number: 1 } } }])
    stream.leave()
  })

  it('is no list', async () => {
    await start({ limits: { ...defaultLimits, batching: 5 } })
    const { body } = await subscribe({ accept: 'application/json' }, [{ query }, { query: '{ hello }' }])
    const [first, second] = JSON.parse(body)
    expect(first.errors[0].message).toBe(
      'The request is a list with a subscription; expected a request with the subscription alone.',
    )
    expect(second).toEqual({ data: { hello: 'world' } })
  })

  it('has no plan', async () => {
    await start({ plans: { selectsCalls: () => false, isPlannedCall: () => false } })
    const { body } = await subscribe({ accept: 'application/json, text/event-stream', 'x-certgraph-plan': 'only' })
    expect(body).toContain('a subscription was not started')
    expect(server.source.open).toBe(0)
  })

  it('may be a GET with a header against CSRF', async () => {
    await start()
    const target = `${server.url}/graphql?query=${encodeURIComponent(query)}`
    const headers = { accept: 'text/event-stream' }
    expect((await sendRequest(target, { headers })).status).toBe(403)
    server.source.push({ number: 1 })
    const response = await fetch(`${target}&variables={"after":0}`, {
      headers: { ...headers, 'graphql-require-preflight': '1' },
    })
    const reader = response.body?.getReader()
    let text = ''
    while (!text.includes('"number":1')) text += new TextDecoder().decode((await reader?.read())?.value)
    await reader?.cancel()
  })

  it('may name a trusted document, and no other one when they are required', async () => {
    const list = new Map([[sha256Of(query), query]])
    await start({ documents: { mode: 'require', list } })
    expect(codeOf((await subscribe({ accept: '*/*;q=0.1, application/json' })).body)).toBe(
      'PERSISTED_QUERY_NOT_IN_LIST',
    )
    const stream = await openEventStream(server.url, { documentId: `sha256:${sha256Of(query)}` } as never)
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    stream.leave()
  })

  it.each<[string, object, string]>([
    ['depth', { depth: 1 }, 'QUERY_TOO_COSTLY'],
    ['tokens', { tokens: 10 }, 'QUERY_TOO_LARGE'],
    ['cost', { cost: 5 }, 'QUERY_TOO_COSTLY'],
  ])('keeps to the limit of %s', async (_, limits, code) => {
    await start({ limits: { ...defaultLimits, ...limits }, costOf: () => ({ cost: 6, bytes: 0 }) })
    expect(codeOf((await subscribe({ accept: 'application/json' })).body)).toBe(code)
    expect(server.source.open).toBe(0)
  })

  it('has valid variables', async () => {
    await start()
    const { body } = await subscribe({ accept: 'application/json' }, { query, variables: { after: 'x' } })
    expect(codeOf(body)).toBe('BAD_USER_INPUT')
  })
})

describe('the limits of streams', () => {
  const limits = (streams: object) => ({ ...defaultLimits, streams: { ...defaultLimits.streams, ...streams } })

  it('refuse a further stream of a caller with 429, until one has ended', async () => {
    await start({ limits: limits({ perCaller: 2 }) })
    const streams = [await open(), await open()]
    const refused = await open()
    await refused.untilClosed()
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '5'])
    expect(refused.results[0]?.errors).toMatchObject([
      {
        message: '2 streams of yours are open, the limit per caller; close one, then retry.',
        extensions: { code: 'OVERLOADED', limit: 2, retryAfterSeconds: 5 },
      },
    ])
    streams[0]?.leave()
    await until(() => server.source.open === 1)
    const again = await open()
    expect(again.status).toBe(200)
    for (const { leave } of [...streams, again]) leave()
  })

  it('count each caller with a key apart', async () => {
    const names = ['a', 'b']
    const authenticate = async () => ({
      name: names.shift() ?? 'a',
      permissions: new Set([]),
      places: null,
      isIdentified: true,
    })
    await start({ limits: limits({ perCaller: 1 }), authenticate })
    const streams = [await open(), await open(), await open()]
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 429])
    for (const { leave } of streams) leave()
  })

  it('refuse a further stream of the process with 503', async () => {
    await start({ limits: limits({ open: 1 }) })
    const first = await open()
    const second = await open()
    expect([first.status, second.status]).toEqual([200, 503])
    first.leave()
  })
})
