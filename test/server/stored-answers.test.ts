import { Agent } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { GraphQLError, GraphQLString } from 'graphql'
import { AnswerBasis } from '../../src/answer-basis.ts'
import { defaultLimits } from '../../src/limits.ts'
import { Listeners } from '../../src/listeners.ts'
import type { Caller } from '../../src/operation.ts'
import { answerHeaders, otherHeaders } from '../../src/server/answer-key.ts'
import type { ServerOptions } from '../../src/server/server.ts'
import { StoredAnswers } from '../../src/server/stored-answers.ts'
import { type CountingFields, createCountingFields } from '../support/counting-field.ts'
import { type Answer, post, sendRequest } from '../support/http-client.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { type RunningServer, startServer, type TestContext } from '../support/running-server.ts'
import { startTracing } from '../support/tracing.ts'
import { until } from '../support/until.ts'

let counting: CountingFields
let server: RunningServer
beforeEach(() => {
  counting = createCountingFields()
})
afterEach(() => server.close())

async function start(options: Partial<ServerOptions<TestContext>> = {}, fields = {}): Promise<void> {
  server = await startServer({ ...counting.fields, ...fields }, { storeFor: 1_000, ...options })
}

const count = (headers: Record<string, string> = {}) => post(server.url, { query: '{ count }' }, headers)
const countOf = ({ body }: Answer) => JSON.parse(body).data.count

/** What two responses have in common. */
function withoutId({ status, headers, body }: Answer) {
  const { 'x-request-id': id, date, ...rest } = headers
  return { status, headers: rest, body }
}

const reader: Caller = {
  name: 'reader',
  permissions: new Set(['certificates:read']),
  places: null,
  isIdentified: true,
  credential: 'key',
}

/** Callers by their credentials. */
function authenticateWith(callers: Readonly<Record<string, Caller>>): Pick<ServerOptions<TestContext>, 'authenticate'> {
  return {
    authenticate: async ({ authorization }) =>
      callers[authorization ?? ''] ?? { message: 'The API key is unknown.', reason: 'unknown key' },
  }
}

describe('a stored answer', () => {
  it('has the same bytes and headers as the first one, and is not computed', async () => {
    await start({ mode: 'sandbox', origins: ['https://app.example.com'], costOf: () => ({ cost: 7, bytes: 1 }) })
    const headers = { origin: 'https://app.example.com' }
    const first = await count(headers)
    expect(withoutId(await count(headers))).toEqual(withoutId(first))
    expect(first.headers).toMatchObject({ 'x-certgraph-cost': '7', 'access-control-allow-origin': headers.origin })
    expect(counting.executions).toBe(1)
  })

  it('is given for a second after its operation began', async () => {
    await start()
    await count()
    server.clock.advance(999)
    expect(countOf(await count())).toBe(1)
    server.clock.advance(1)
    expect(countOf(await count())).toBe(2)
  })

  it('is given to GET with the same query string', async () => {
    await start()
    const get = (query: string) =>
      sendRequest(`${server.url}/graphql?query=${query}`, { headers: { 'x-graphql-yoga-csrf': '1' } })
    expect(countOf(await get('{count}'))).toBe(1)
    expect(countOf(await get('{count}'))).toBe(1)
    expect(countOf(await get('{count%20}'))).toBe(2)
  })

  it('is given to no other body, method or path', async () => {
    await start()
    await count()
    expect(countOf(await post(server.url, { query: '{  count }' }))).toBe(2)
    expect(countOf(await post(server.url, { query: '{ count }', variables: {} }))).toBe(3)
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    expect(
      countOf(
        await sendRequest(
          `${server.url}/graphql?a`,
          { method: 'POST', headers },
          JSON.stringify({ query: '{ count }' }),
        ),
      ),
    ).toBe(4)
  })

  const values: Readonly<Record<string, string>> = {
    host: 'localhost',
    accept: 'application/graphql-response+json',
    'content-type': 'application/json; charset=utf-8',
    'x-certgraph-cost': '1',
  }
  it.each(answerHeaders)('is given to no request with another %s', async (name) => {
    await start({ costOf: () => ({ cost: 7, bytes: 1 }) })
    await count()
    expect(countOf(await count({ [name]: values[name] ?? 'something' }))).toBe(2)
    expect(countOf(await count())).toBe(1)
  })

  it('has a fresh request id, or that of the client', async () => {
    await start()
    const ids = [await count(), await count(), await count({ 'x-request-id': 'mine' })].map(
      ({ headers }) => headers['x-request-id'],
    )
    expect(new Set(ids).size).toBe(3)
    expect(ids[2]).toBe('mine')
    expect(counting.executions).toBe(1)
  })

  it('is logged as any other operation', async () => {
    await start({ costOf: () => ({ cost: 7, bytes: 1 }) })
    const query = 'query Dashboard { count }'
    await post(server.url, { query }, { 'x-request-id': 'r1' })
    await post(server.url, { query }, { 'x-request-id': 'r2' })
    const [first, second] = server.log.map(({ time, ...line }) => line)
    expect(second).toEqual({ ...first, requestId: 'r2', stored: true })
    expect(second).toMatchObject({ operationName: 'Dashboard', cost: 7, upstreamCalls: 0, codes: [] })
  })

  it('is computed anew when something that it was made from has changed', async () => {
    await start()
    await count()
    counting.change()
    expect(countOf(await count())).toBe(2)
  })

  it('is computed anew when its cost may be another one', async () => {
    const changes = new Listeners()
    await start({ costOf: () => ({ cost: 7, bytes: 1, changes }) })
    await count()
    expect(countOf(await count())).toBe(1)
    changes.notify()
    expect(countOf(await count())).toBe(2)
  })

  it('serves many requests of one connection', async () => {
    await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const headers = { 'content-type': 'application/json' }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        sendRequest(
          `${server.url}/graphql`,
          { agent, method: 'POST', headers },
          JSON.stringify({ query: '{ count }' }),
        ),
      ),
    )
    expect(answers.map(countOf)).toEqual(Array.from({ length: 20 }, () => 1))
    agent.destroy()
  })

  it('is found for a body that arrives in parts, and for pipelined requests', async () => {
    await start()
    const body = JSON.stringify({ query: '{ count }' })
    const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const received = text(socket)
    for (const part of [`${head}\r\n`, body.slice(0, 5), body.slice(5), `${head}\r\n${body}${head}\r\n`, body]) {
      socket.write(part)
      await sleep(20)
    }
    socket.write(`${head}connection: close\r\n\r\n${body}`)
    expect((await received).match(/\{"data":\{"count":1\}\}/g)).toHaveLength(4)
    expect(counting.executions).toBe(1)
  })

  it('is given to callers with the same permissions and places, and to no others', async () => {
    const callers = {
      'Bearer a': reader,
      'Bearer b': { ...reader, name: 'another reader', permissions: new Set(reader.permissions) },
      'Bearer c': { ...reader, permissions: new Set(['certificates:read', 'certificates:content'] as const) },
      'Bearer d': { ...reader, places: new Set(['org_a']) },
      'Bearer e': { ...reader, places: new Set(['org_b']) },
      'Bearer f': { ...reader, credential: 'token' as const },
    }
    await start(authenticateWith(callers))
    for (const round of [1, 2]) {
      const counts = []
      for (const authorization of Object.keys(callers)) counts.push(countOf(await count({ authorization })))
      expect([round, counts]).toEqual([round, [1, 1, 2, 3, 4, 5]])
    }
    expect(server.log.map(({ caller }) => caller)).toContain('another reader')
  })

  it('is not given to a credential that was revoked or has expired', async () => {
    const callers: Record<string, Caller> = { 'Bearer a': reader }
    await start(authenticateWith(callers))
    expect(await count({ authorization: 'Bearer a' })).toMatchObject({ status: 200 })
    delete callers['Bearer a']
    expect(await count({ authorization: 'Bearer a' })).toMatchObject({ status: 401 })
    expect(await count()).toMatchObject({ status: 401 })
    expect(counting.executions).toBe(1)
  })

  it('is not given under a Host that is not accepted, or without what prevents CSRF', async () => {
    await start()
    const url = `${server.url}/graphql?query={count}`
    expect(await sendRequest(url, { headers: { authorization: 'Bearer x' } })).toMatchObject({ status: 200 })
    expect(await sendRequest(url)).toMatchObject({ status: 403 })
    expect(await sendRequest(url, { headers: { authorization: 'Basic x' } })).toMatchObject({ status: 403 })
    await count()
    expect(await count({ host: 'evil.example' })).toMatchObject({ status: 421 })
    expect(await count({ 'content-type': 'text/plain' })).toMatchObject({ status: 403 })
  })

  it('is sent while the server closes, with Connection: close', async () => {
    await start()
    await count()
    const closing = server.close(60_000)
    expect((await count()).headers).toMatchObject({ connection: 'close' })
    expect(counting.executions).toBe(1)
    await server.close()
    await closing
  })
})

describe('an answer is not stored', () => {
  /** Sends the same operation twice, and returns how often it was executed. */
  async function executionsOf(body: unknown, headers: Record<string, string> = {}): Promise<number> {
    await post(server.url, body, headers)
    await post(server.url, body, headers)
    return counting.executions
  }

  it('when stored answers are off', async () => {
    await start({ storeFor: 0 })
    expect(await executionsOf({ query: '{ count }' })).toBe(2)
  })

  it('when it has errors', async () => {
    const resolve = () => {
      throw new GraphQLError('No.', { extensions: { code: 'FORBIDDEN' } })
    }
    await start({}, { failing: { type: GraphQLString, resolve } })
    expect(await executionsOf({ query: '{ count failing }' })).toBe(2)
  })

  it('when it has something that only its operation may have', async () => {
    await start()
    expect(await executionsOf({ query: '{ live }' })).toBe(2)
  })

  it('when it is the answer to a mutation', async () => {
    await start()
    const query = 'mutation { change }'
    await post(server.url, { query })
    await post(server.url, { query })
    expect(server.log.filter(({ stored }) => stored)).toEqual([])
  })

  it('when the request has several operations', async () => {
    await start({ limits: { ...defaultLimits, batching: 2 } })
    expect(await executionsOf([{ query: '{ count }' }])).toBe(2)
  })

  it('when it is larger than 1 MiB', async () => {
    const long = { type: GraphQLString, resolve: () => 'x'.repeat(1024 ** 2) }
    await start({}, { long })
    expect(await executionsOf({ query: '{ count long }' })).toBe(2)
  })

  it('when something that it was made from changes while it is made', async () => {
    const changing = { type: GraphQLString, resolve: async () => counting.change() }
    await start({}, { changing })
    expect(await executionsOf({ query: '{ count changing }' })).toBe(2)
  })

  it('for longer than until it would be another one', async () => {
    const moving = {
      type: GraphQLString,
      resolve: (_source: unknown, _args: unknown, { basis }: TestContext) =>
        basis?.expireAt(server.clock.elapsed() + 300),
    }
    await start({}, { moving })
    const ask = async () => countOf(await post(server.url, { query: '{ count moving }' }))
    expect(await ask()).toBe(1)
    server.clock.advance(299)
    expect(await ask()).toBe(1)
    server.clock.advance(1)
    expect(await ask()).toBe(2)
  })
})

describe('the request headers that plugins read', () => {
  it('are all part of the key, or listed with the reason why they are not', async () => {
    const tracing = startTracing()
    await start({ graphiql: true, origins: ['https://app.example.com'], mode: 'sandbox' })
    const read = new Set<string>()
    const send = (init: RequestInit, url = 'http://localhost/graphql') => {
      const request = new Request(url, init)
      const headers = new Proxy(request.headers, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name, target)
          if (typeof member !== 'function') return member
          return (...args: unknown[]) => {
            if (typeof args[0] === 'string') read.add(args[0].toLowerCase())
            else read.add(`all headers, with ${String(name)}`)
            return Reflect.apply(member, target, args)
          }
        },
      })
      Object.defineProperty(request, 'headers', { value: headers })
      return server.server.fetch(request)
    }
    const json = { 'content-type': 'application/json' }
    const postOf = (query: string, headers = {}) =>
      send({ method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify({ query }) })
    expect(await (await postOf('{ count }')).json()).toEqual({ data: { count: 1 } })
    await postOf('mutation { change }', { 'idempotency-key': 'a-key-of-sixteen-characters' })
    await postOf('{ count }', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    await tracing.stop()
    await postOf('{ count', { origin: 'https://app.example.com', authorization: 'Bearer x' })
    await send({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })
    await send({ headers: { accept: 'text/html' } })
    await send({ headers: { 'x-graphql-yoga-csrf': '1' } }, 'http://localhost/graphql?query={count}')
    await send({
      method: 'OPTIONS',
      headers: { origin: 'https://other.example', 'access-control-request-method': 'GET' },
    })
    expect([...read].sort()).toEqual(
      [...read].filter((name) => answerHeaders.includes(name) || name in otherHeaders).sort(),
    )
    expect(Object.keys(otherHeaders).filter((name) => !read.has(name))).toEqual([])
  })
})

describe('the memory for stored answers', () => {
  const answerOf = (bytes: number, startedAt: number) => ({
    status: 200,
    statusText: 'OK',
    headers: [],
    bytes: Buffer.alloc(bytes),
    operation: { operationName: undefined, cost: undefined, read: undefined },
    basis: new AnswerBasis(startedAt),
    price: new AnswerBasis(0),
  })

  it('is bounded: the answer that was used least recently is evicted first', async () => {
    await start()
    const { PendingAnswer } = await import('../../src/server/pending-answer.ts')
    const clock = createManualClock()
    const answers = new StoredAnswers(clock, 1_000, 5_000, 35_000)
    const store = (key: string) =>
      answers.end(key, new PendingAnswer(clock, 0, 1, () => false), answerOf(10_000, clock.elapsed()))
    for (const key of ['a', 'b', 'c']) store(key)
    expect(answers.find('a')).toBeDefined()
    store('d')
    expect(['a', 'b', 'c', 'd'].filter((key) => answers.find(key))).toEqual(['a', 'c', 'd'])
    expect(answers.size).toBeLessThanOrEqual(35_000)
    clock.advance(1_000)
    store('e')
    expect(answers.size).toBeLessThan(12_000)
  })
})

describe('identical requests at the same time', () => {
  /** A field that waits for `release`, and the number of its executions. */
  function createHeldField() {
    let executions = 0
    const waiting = new Set<() => void>()
    const held = {
      type: GraphQLString,
      resolve: async (_source: unknown, _args: unknown, { signal, basis }: TestContext) => {
        executions += 1
        const mine = executions
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
          signal.addEventListener('abort', () => resolve())
        })
        if (isLive) basis?.exclude()
        signal.throwIfAborted()
        return `execution ${mine}`
      },
    }
    let isLive = false
    return {
      held,
      get executions() {
        return executions
      },
      becomeLive() {
        isLive = true
      },
      release() {
        for (const resolve of waiting) resolve()
        waiting.clear()
      },
    }
  }

  const ask = (headers: Record<string, string> = {}) => post(server.url, { query: '{ held }' }, headers)
  const stored = () => server.log.filter((line) => line['stored']).length
  /** Time in which a request arrives. */
  const arrival = () => sleep(100)

  it('are executed once, 1,000 of them', async () => {
    const field = createHeldField()
    await start({}, { held: field.held })
    const answers = Array.from({ length: 1_000 }, () => ask())
    await until(() => field.executions > 0)
    await sleep(1_500)
    field.release()
    const bodies = new Set((await Promise.all(answers)).map(({ body }) => body))
    expect([...bodies]).toEqual(['{"data":{"held":"execution 1"}}'])
    expect(field.executions).toBe(1)
    expect(stored()).toBe(999)
  })

  it('are executed for the next one when the client of the first leaves', async () => {
    const field = createHeldField()
    await start({}, { held: field.held })
    const leaving = new AbortController()
    const body = JSON.stringify({ query: '{ held }' })
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    const first = fetch(`${server.url}/graphql`, { method: 'POST', headers, body, signal: leaving.signal }).catch(
      () => 'left',
    )
    await until(() => field.executions === 1)
    const others = [1, 2, 3].map(() => fetch(`${server.url}/graphql`, { method: 'POST', headers, body }))
    await arrival()
    leaving.abort()
    await until(() => field.executions === 2)
    field.release()
    const texts = await Promise.all(others.map(async (each) => (await each).text()))
    expect(new Set(texts)).toEqual(new Set(['{"data":{"held":"execution 2"}}']))
    expect(await first).toBe('left')
    expect(field.executions).toBe(2)
  })

  it('are executed for no client that leaves while another one does', async () => {
    const field = createHeldField()
    await start({}, { held: field.held })
    const headers = { 'content-type': 'application/json', connection: 'close' }
    for (const round of [1, 2, 3, 4, 5]) {
      const body = JSON.stringify({ query: `{ held } # ${round}` })
      const clients = [1, 2, 3, 4].map(() => {
        const leaving = new AbortController()
        fetch(`${server.url}/graphql`, { method: 'POST', headers, body, signal: leaving.signal }).catch(() => {})
        return leaving
      })
      await arrival()
      for (const leaving of clients) {
        leaving.abort()
        await sleep(1)
      }
      await until(() => server.log.filter(({ clientLeft }) => clientLeft).length === 4 * round)
    }
  })

  it('go on when the client of another one leaves, which is logged', async () => {
    const field = createHeldField()
    await start({}, { held: field.held })
    const first = ask()
    await until(() => field.executions === 1)
    const leaving = new AbortController()
    const body = JSON.stringify({ query: '{ held }' })
    const headers = { 'content-type': 'application/json', accept: 'application/json', connection: 'close' }
    const second = fetch(`${server.url}/graphql`, { method: 'POST', headers, body, signal: leaving.signal })
    second.catch(() => {})
    await arrival()
    leaving.abort()
    await until(() => server.log.some(({ clientLeft }) => clientLeft))
    field.release()
    expect((await first).body).toBe('{"data":{"held":"execution 1"}}')
    await expect(second).rejects.toThrow()
    expect(field.executions).toBe(1)
  })

  it('are executed each when the answer is not for others', async () => {
    const field = createHeldField()
    field.becomeLive()
    await start({}, { held: field.held })
    const answers = [ask(), ask(), ask()]
    await until(() => field.executions === 1)
    await arrival()
    field.release()
    await until(() => field.executions === 3)
    field.release()
    const bodies = (await Promise.all(answers)).map(({ body }) => body)
    expect(new Set(bodies).size).toBe(3)
    expect(stored()).toBe(0)
  })

  it('are executed anew when the answer in progress is outdated', async () => {
    const field = createHeldField()
    await start({}, { held: field.held })
    const both = () => post(server.url, { query: '{ count held }' })
    const first = both()
    await until(() => field.executions === 1)
    counting.change()
    const second = both()
    await until(() => field.executions === 2)
    field.release()
    expect([countOf(await first), countOf(await second)]).toEqual([1, 2])
  })

  it('are executed before their deadlines when the first one takes long, and end at their deadlines', async () => {
    const field = createHeldField()
    await start({ deadline: 20_000 }, { held: field.held })
    const answers = [ask(), ask()]
    await until(() => field.executions === 1)
    await arrival()
    server.clock.advance(15_000)
    await until(() => field.executions === 2)
    await arrival()
    server.clock.advance(4_999)
    await arrival()
    expect(server.log).toEqual([])
    server.clock.advance(1)
    const bodies = (await Promise.all(answers)).map(({ body }) => JSON.parse(body))
    expect(bodies).toMatchObject([{ data: { held: null } }, { data: { held: null } }])
    expect(server.log.map(({ durationMs }) => durationMs)).toEqual([20_000, 20_000])
  })

  it('are executed by one of them at a time when the first one takes long', async () => {
    const field = createHeldField()
    await start({ deadline: 20_000 }, { held: field.held })
    const answers = Array.from({ length: 50 }, () => ask())
    await until(() => field.executions === 1)
    await arrival()
    server.clock.advance(15_000)
    await until(() => field.executions === 2)
    await arrival()
    server.clock.advance(3_750)
    await until(() => field.executions === 3)
    await arrival()
    server.clock.advance(1_000)
    await arrival()
    field.release()
    const bodies = (await Promise.all(answers)).map(({ body }) => body)
    expect(field.executions).toBe(3)
    expect(stored()).toBe(47)
    expect(bodies.filter((body) => body === '{"data":{"held":"execution 3"}}')).toHaveLength(48)
  })

  it('count as operations of their caller', async () => {
    const field = createHeldField()
    const limits = { ...defaultLimits, operations: { executing: 10, waiting: 10, perCaller: 3 } }
    await start({ ...authenticateWith({ 'Bearer a': reader }), limits }, { held: field.held })
    const headers = { authorization: 'Bearer a' }
    const answers = [ask(headers), ask(headers), ask(headers)]
    await until(() => field.executions === 1)
    await arrival()
    expect(await ask(headers)).toMatchObject({ status: 429 })
    field.release()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await ask(headers)).status).toBe(200)
  })
})
