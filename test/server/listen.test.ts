import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from '@jest/globals'
import { listen } from '../../src/server/listen.ts'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { createWaitingField } from '../support/waiting-field.ts'

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
    const client = connect(Number(new URL(server.url).port), '127.0.0.1')
    client.write('GET /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n')
    await once(client, 'readable')

    const closed = server.close()
    expect(await text(client)).toMatch(/<\/html>\s*$/)
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
