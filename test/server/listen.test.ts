import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { listen } from '../../src/server/listen.ts'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { createWaitingField } from '../support/waiting-field.ts'

/** Time in which what was written to a socket arrives. */
const passingTime = () => sleep(100)

describe('a listening server', () => {
  let server: RunningServer
  afterEach(() => server.close())

  it('has a reachable URL', async () => {
    server = await startServer()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await sendRequest(`${server.url}/health`)).toMatchObject({ status: 200 })
  })

  it('is not ready before its port is open, and rejects when the port is in use', async () => {
    server = await startServer()
    const other = await startServer()
    other.server.readiness.phase = 'starting'
    const port = Number(new URL(server.url).port)
    await expect(listen(other.server, { host: '127.0.0.1', port, clock: server.clock })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    expect(other.server.readiness.phase).toBe('starting')
    await other.close()
  })
})

describe('a closing server', () => {
  let server: RunningServer
  afterEach(() => server.close())

  it('finishes requests in flight and accepts no new connections', async () => {
    const { fields, begun, release } = createWaitingField()
    server = await startServer(fields)
    const answer = post(server.url, { query: '{ wait }' })
    await begun

    const closed = server.close()
    expect(server.server.readiness.phase).toBe('draining')
    await expect(sendRequest(`${server.url}/health`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })

    release()
    expect(await answer).toMatchObject({ status: 200, body: '{"data":{"wait":"released"}}' })
    await closed
    expect(server.clock.pendingSleeps).toBe(0)
  })

  it('sends Connection: close on a keep-alive connection', async () => {
    const { fields, begun, release } = createWaitingField()
    server = await startServer(fields)
    const agent = new Agent({ keepAlive: true })
    const headers = { 'content-type': 'application/json' }
    const answer = sendRequest(`${server.url}/graphql`, { method: 'POST', headers, agent }, '{"query":"{ wait }"}')
    await begun

    const closed = server.close()
    release()
    expect((await answer).headers.connection).toBe('close')
    await closed
    agent.destroy()
  })

  it('closes idle connections at once', async () => {
    server = await startServer()
    const agent = new Agent({ keepAlive: true })
    await sendRequest(`${server.url}/health`, { agent })
    const silent = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(silent, 'connect')
    const ended = text(silent)

    await server.close()
    expect(await ended).toBe('')
    agent.destroy()
  })

  it('sends the whole response to a slow client', async () => {
    server = await startServer({}, { graphiql: true })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: { accept: 'text/html' } })
    const [, script] = /src="(\/graphql\/graphiql-[^"]+)"/.exec(body) ?? []
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    client.write(`GET ${script} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await once(client, 'readable')

    const closed = server.close()
    const [head = '', ...rest] = (await text(client)).split('\r\n\r\n')
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1])
    expect(length).toBeGreaterThan(4_000_000)
    expect(Buffer.byteLength(rest.join('\r\n\r\n'))).toBe(length)
    await closed
  })

  it('closes all connections after ten seconds and aborts their operations', async () => {
    const { fields, begun } = createWaitingField()
    server = await startServer(fields, { deadline: 60_000 })
    const answer = post(server.url, { query: '{ wait }' })
    const refused = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' })
    const { signal } = await begun

    const closed = server.close()
    server.clock.advance(9_999)
    expect(signal.aborted).toBe(false)
    server.clock.advance(1)

    await closed
    await refused
    expect(signal.reason).toMatchObject({ name: 'AbortError' })
  })

  it('can be closed twice', async () => {
    server = await startServer()
    await Promise.all([server.close(), server.close()])
    expect(server.server.readiness.phase).toBe('draining')
  })
})

describe('a server that closes with a delay', () => {
  let server: RunningServer
  let agent: Agent
  const ask = (path = '/health') => sendRequest(server.url + path, { agent })
  beforeEach(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 1 })
  })
  afterEach(async () => {
    agent.destroy()
    await server.close()
  })

  it('serves old and new connections until then, each response with Connection: close', async () => {
    server = await startServer()
    expect((await ask()).headers.connection).toBe('keep-alive')
    const closed = server.close(5_000)
    expect(await ask()).toMatchObject({ status: 200, headers: { connection: 'close' } })
    server.clock.advance(4_999)
    expect(await ask('/ready')).toMatchObject({ status: 503, headers: { connection: 'close' } })
    expect(await post(server.url, { query: '{ hello }' })).toMatchObject({ status: 200 })
    server.clock.advance(1)
    expect(await closed).toEqual({ answered: 3, unanswered: 0 })
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(server.clock.pendingSleeps).toBe(0)
  })

  it('answers with Connection: close to requests that were in progress before', async () => {
    const { fields, begun, release } = createWaitingField()
    server = await startServer(fields)
    const headers = { 'content-type': 'application/json' }
    const answer = sendRequest(`${server.url}/graphql`, { method: 'POST', headers, agent }, '{"query":"{ wait }"}')
    await begun
    const closed = server.close(5_000)
    release()
    expect((await answer).headers.connection).toBe('close')
    await server.close()
    await closed
  })

  it('sends an event stream with Connection: close', async () => {
    server = await startServer()
    const closed = server.close(5_000)
    const { headers, body } = await post(server.url, { query: '{ hello }' }, { accept: 'text/event-stream' })
    expect([headers.connection, headers['content-type']]).toEqual(['close', 'text/event-stream'])
    expect(body).toContain('event: complete')
    await server.close()
    await closed
  })

  it('answers every request that a connection has sent, with Connection: close in the last response', async () => {
    const { fields, begun, release } = createWaitingField()
    server = await startServer(fields)
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    const body = '{"query":"{ wait }"}'
    client.write(
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    await begun
    const closed = server.close(5_000)
    client.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2))
    await passingTime()
    release()
    const answers = await text(client)
    expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(3)
    expect(answers.match(/^connection: (keep-alive|close)/gim)?.at(-1)).toMatch(/close/)
    expect(answers.match(/^connection: close/gim)).toHaveLength(1)
    await server.close()
    expect(await closed).toEqual({ answered: 3, unanswered: 0 })
  })

  it('answers the request of a connection that was opened last', async () => {
    server = await startServer()
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(client, 'connect')
    await ask()
    const closed = server.close(5_000)
    server.clock.advance(5_000)
    await passingTime()
    client.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await text(client)).toMatch(/^HTTP\/1\.1 200 /)
    await closed
  })

  it('closes connections that send nothing a second later', async () => {
    server = await startServer()
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(client, 'connect')
    await ask()
    const closed = server.close(5_000)
    server.clock.advance(5_000)
    await passingTime()
    server.clock.advance(1_000)
    expect(await text(client)).toBe('')
    await closed
  })
})

describe('requests on one connection', () => {
  let server: RunningServer
  afterEach(() => server.close())
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  const query = '/graphql?query=%7Bwait%7D'
  const getWait = `GET ${query} HTTP/1.1\r\nHost: localhost\r\napollo-require-preflight: 1\r\n\r\n`

  it('are executed one after the other', async () => {
    const { fields, begun, release } = createWaitingField()
    server = await startServer(fields)
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    client.write(getWait + getWait + get('/health'))
    await begun
    await passingTime()
    expect(server.clock.pendingSleeps).toBe(1)
    release()
    await passingTime()
    expect(server.clock.pendingSleeps).toBe(1)
    expect(server.log.filter(({ msg }) => msg === 'operation')).toHaveLength(1)
    release()
    let received = ''
    for await (const chunk of client) {
      received += chunk
      if (received.match(/HTTP\/1\.1 200 /g)?.length === 3) break
    }
    expect(received).toContain('"version"')
  })

  it('are aborted when it ends, and those behind are not begun', async () => {
    const { fields, begun } = createWaitingField()
    server = await startServer(fields)
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    client.write(getWait.repeat(3))
    const { signal } = await begun
    client.resetAndDestroy()
    await once(signal, 'abort')
    await passingTime()
    expect(server.clock.pendingSleeps).toBe(0)
    expect(server.log.filter(({ msg }) => msg === 'operation')).toHaveLength(1)
  })

  it('are at most 32 without an answer', async () => {
    const { fields } = createWaitingField()
    server = await startServer(fields)
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    client.on('error', () => {}).write(getWait + get('/health').repeat(32))
    await once(client, 'close')
  })
})
