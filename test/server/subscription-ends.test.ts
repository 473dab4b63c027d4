import { connect } from 'node:net'
import process from 'node:process'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import type { Authenticate } from '../../src/access/caller.ts'
import { defaultLimits } from '../../src/limits.ts'
import type { Caller } from '../../src/operation.ts'
import { createConnectionState } from '../../src/server/connection-state.ts'
import { sha256Of } from '../../src/server/document-id.ts'
import { EventSource } from '../support/event-source.ts'
import { type EventStream, openEventStream } from '../support/event-stream.ts'
import { post } from '../support/http-client.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTickSchema, startTicks, type Tick } from '../support/ticks.ts'
import { until } from '../support/until.ts'

type Ticks = Awaited<ReturnType<typeof startTicks>>

const query = 'subscription Ticks { ticked { number server } }'
const caller: Caller = {
  name: 'dashboard',
  permissions: new Set(['certificates:read'] as const),
  places: new Set(['a']),
  isIdentified: true,
}
const denied = { message: 'The API key is unknown.', reason: 'unknown key' }

const servers: Ticks[] = []
afterEach(async () => {
  for (const server of servers.splice(0).reverse()) await server.close()
})

async function start(options: Parameters<typeof startTicks>[0] = {}, source?: EventSource<Tick>): Promise<Ticks> {
  const server = await startTicks(options, source)
  servers.push(server)
  return server
}

const endsOf = ({ log }: Ticks) => log.filter(({ msg }) => msg === 'subscription ended').map(({ reason }) => reason)
const serversOf = ({ results }: EventStream) =>
  results.map(({ data }) => (data?.['ticked'] as { server: string } | undefined)?.server)

/** A stream at a server, and another server that can take it over. */
async function openAndReplace(
  now: Authenticate,
  options: Parameters<typeof startTicks>[0] = {},
): Promise<{ server: Ticks; stream: EventStream; source: EventSource<Tick>; replace(): Promise<void> }> {
  const clock = createManualClock()
  const connections = createConnectionState(clock, defaultLimits)
  const source = new EventSource<Tick>()
  const server = await start({ authenticate: async () => caller, connections }, source)
  const stream = await openEventStream(server.url, { query })
  const schema = createTickSchema(source, 'second')
  const next = await start({ connections, schema, authenticate: now, ...options }, source)
  return { server, stream, source, replace: () => server.replaceServer(next.server) }
}

describe('a subscription when the configuration is read again', () => {
  it('goes on with the new one, and the former one has no requests left', async () => {
    const { stream, source, replace } = await openAndReplace(async () => caller)
    source.push({ number: 1 })
    await stream.untilResults(1)
    await replace()
    source.push({ number: 2 })
    await stream.untilResults(2)
    expect(serversOf(stream)).toEqual(['first', 'second'])
    stream.leave()
  })

  it('gets the events that its caller may see from then on', async () => {
    const { stream, source, replace } = await openAndReplace(async () => ({ ...caller, places: new Set(['b']) }))
    source.push({ number: 1, place: 'a' }, { number: 2, place: 'b' })
    await stream.untilResults(1)
    await replace()
    source.push({ number: 3, place: 'a' }, { number: 4, place: 'b' })
    await stream.untilResults(2)
    expect(stream.results.map(({ data }) => data?.['ticked'])).toEqual([
      { number: 1, server: 'first' },
      { number: 4, server: 'second' },
    ])
    stream.leave()
  })

  it.each<[string, Awaited<ReturnType<Authenticate>>, string, string]>([
    ['key was removed', denied, 'UNAUTHENTICATED', 'The API key is unknown. The stream has ended; '],
    [
      'caller has lost a permission',
      { ...caller, permissions: new Set() },
      'FORBIDDEN',
      'The caller has lost the scope certificates:read. ',
    ],
  ])('ends with an error when its %s', async (_, now, code, message) => {
    const { server, stream, source, replace } = await openAndReplace(async () => now)
    await replace()
    await stream.untilClosed()
    source.push({ number: 1 })
    expect(stream.events.map(({ event }) => event)).toEqual(['next', 'complete'])
    expect(stream.results).toMatchObject([
      {
        errors: [
          {
            message: expect.stringContaining(message),
            extensions: { code, requestId: stream.headers['x-request-id'] },
          },
        ],
      },
    ])
    expect([stream.isComplete, endsOf(server), source.open]).toEqual([true, ['access_lost'], 0])
  })

  it('delivers nothing until the access of its caller is known', async () => {
    let answer: (now: Awaited<ReturnType<Authenticate>>) => void = () => {}
    const { stream, source, replace } = await openAndReplace(
      () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    )
    const replaced = replace()
    source.push({ number: 1 })
    await until(() => source.taken === 1)
    answer(denied)
    await Promise.all([replaced, stream.untilClosed()])
    expect(stream.results).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }])
  })

  it('ends when its document is not trusted any more', async () => {
    const { stream, replace } = await openAndReplace(async () => caller, {
      documents: { mode: 'require', list: new Map([[sha256Of('{ hello }'), '{ hello }']]) },
    })
    await replace()
    await stream.untilClosed()
    expect(stream.results[0]?.errors?.[0]?.extensions['code']).toBe('PERSISTED_QUERY_NOT_IN_LIST')
  })
})

describe('a subscription with a token', () => {
  const token = { ...caller, credential: 'token' as const }

  it('ends when the token expires', async () => {
    let expiresAt = 0
    const isExpired = () => server.clock.now() >= expiresAt
    const server = await start({
      authenticate: async () =>
        isExpired() ? { message: 'The token has expired.', reason: 'expired' } : { ...token, expiresAt },
    })
    expiresAt = server.clock.now() + 90_000
    const stream = await openEventStream(server.url, { query })
    server.clock.advance(89_999)
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    expect(stream.results[0]?.data).toBeTruthy()
    await until(() => server.clock.pendingSleeps > 0)
    server.clock.advance(1_000)
    await stream.untilClosed()
    expect(stream.events.map(({ event }) => event)).toEqual(['next', 'next', 'complete'])
    expect(stream.results[1]?.errors).toMatchObject([
      { message: expect.stringMatching(/^The token has expired\. /), extensions: { code: 'UNAUTHENTICATED' } },
    ])
  })

  it('ends within a minute when its issuer revokes the key, and not while the issuer cannot be reached', async () => {
    let now: Awaited<ReturnType<Authenticate>> | null = null
    const server = await start({
      authenticate: async () => now ?? { ...token, expiresAt: Number.MAX_SAFE_INTEGER },
    })
    const stream = await openEventStream(server.url, { query })
    now = { message: 'The token cannot be verified at the moment.', reason: 'no keys', retryAfterSeconds: 5 }
    server.clock.advance(60_000)
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    now = { message: 'The token is invalid for this API.', reason: 'token: signature' }
    server.clock.advance(60_000)
    await stream.untilClosed()
    expect(stream.events.map(({ event }) => event)).toEqual(['next', 'next', 'complete'])
    expect(endsOf(server)).toEqual(['access_lost'])
  })
})

describe('a subscription when the server stops', () => {
  it('is completed at once, and counts as answered', async () => {
    const server = await start()
    const streams = await Promise.all([1, 2, 3].map(() => openEventStream(server.url, { query })))
    expect(await server.close()).toEqual({ answered: 3, unanswered: 0 })
    await Promise.all(streams.map(({ untilClosed }) => untilClosed()))
    expect(streams.map(({ events, isComplete }) => [events, isComplete])).toEqual(
      streams.map(() => [[{ event: 'complete', data: null }], true]),
    )
    expect(endsOf(server)).toEqual(['shutdown', 'shutdown', 'shutdown'])
  })

  it('stays open while requests are still served, and is completed after that', async () => {
    const server = await start()
    const stream = await openEventStream(server.url, { query })
    const closed = server.close(5_000)
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    expect((await post(server.url, { query: '{ hello }' })).status).toBe(200)
    expect(stream.isClosed).toBe(false)
    server.clock.advance(5_000)
    await stream.untilClosed()
    expect(stream.events.at(-1)).toEqual({ event: 'complete', data: null })
    await closed
  })

  it('does not delay the end when its client does not read', async () => {
    const server = await start()
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.pause().on('error', () => {})
    const body = JSON.stringify({ query: 'subscription { ticked { text } }' })
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    await until(() => server.source.open === 1)
    server.source.push({ number: 8_000_000 })
    await until(() => server.source.taken === 1)
    const closed = server.close()
    await until(() => endsOf(server).length === 1)
    server.clock.advance(1_000)
    expect(await closed).toMatchObject({ unanswered: 0 })
    socket.destroy()
  })
})

describe('a client that does not read', () => {
  it('is disconnected, and its events are not made in advance', async () => {
    const server = await start()
    const stream = await openEventStream(server.url, { query: 'subscription { ticked { text } }' })
    stream.pause()
    server.source.push(...Array.from({ length: 100 }, () => ({ number: 1_000_000 })))
    await until(() => server.clock.pendingSleeps > 0)
    for (let pause = 0; endsOf(server).length === 0; pause += 1) {
      server.clock.advance(10_000)
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(pause).toBeLessThan(100)
    }
    expect(endsOf(server)).toEqual(['not_reading'])
    // What the buffers of the operating system and of the stream hold.
    expect(server.source.taken).toBeLessThan(30)
    expect(server.source.open).toBe(0)
    stream.leave()
  })
})

describe('the heartbeat', () => {
  const environment = process.env['NODE_ENV']
  afterEach(() => {
    process.env['NODE_ENV'] = environment
    jest.useRealTimers()
  })

  it('is a comment every 12 seconds', async () => {
    // Yoga sends it, by a timer of its own, and more often in tests.
    process.env['NODE_ENV'] = 'production'
    jest.useFakeTimers({
      doNotFake: [
        'Date',
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setTimeout',
        'clearTimeout',
      ],
    })
    const server = await start()
    const stream = await openEventStream(server.url, { query })
    await until(() => stream.comments === 1)
    jest.advanceTimersByTime(11_999)
    server.source.push({ number: 1 })
    await stream.untilResults(1)
    expect(stream.comments).toBe(1)
    jest.advanceTimersByTime(1)
    await until(() => stream.comments === 2)
    jest.advanceTimersByTime(12_000)
    await until(() => stream.comments === 3)
    expect(stream.text).toMatch(/^:\n\n/)
    stream.leave()
  })
})
