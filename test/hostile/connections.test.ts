import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Listening, listen } from '../../src/server/listen.ts'
import { post } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

let server: RunningServer
let impatient: Listening
beforeEach(async () => {
  server = await startServer()
  const timeouts = { headers: 200, request: 400 }
  impatient = await listen(server.server, { host: '127.0.0.1', port: 0, clock: server.clock, timeouts })
})
afterEach(async () => {
  expect(await post(server.url, { query: '{ hello }' })).toMatchObject({ status: 200 })
  await impatient.close()
  await server.close()
})

async function open(to = impatient.url): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(Number(new URL(to).port), '127.0.0.1')
  await once(socket, 'connect')
  return { socket, answer: text(socket).catch(() => 'reset') }
}

/** Writes a piece every 20 ms until the server closes the connection. */
function drip(socket: Socket, piece: string): void {
  const timer = setInterval(() => socket.write(piece), 20)
  socket.on('error', () => {}).on('close', () => clearInterval(timer))
}

describe('a client', () => {
  it('that never ends its headers is disconnected', async () => {
    const { socket, answer } = await open()
    socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\n')
    drip(socket, 'x-a: b\r\n')
    expect(await answer).toMatch(/^HTTP\/1\.1 408 |^reset$/)
  })

  it('that never ends its body is disconnected', async () => {
    const { socket, answer } = await open()
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n',
    )
    drip(socket, ' ')
    expect(await answer).toMatch(/^HTTP\/1\.1 408 |^reset$|^$/)
  })

  it('that sends nothing is disconnected', async () => {
    const { answer } = await open()
    expect(await answer).toMatch(/^HTTP\/1\.1 408 |^$/)
  })

  it('that disconnects in the middle of its body leaves no timer behind', async () => {
    const { socket, answer } = await open()
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n{',
    )
    socket.resetAndDestroy()
    await answer
    expect(server.clock.pendingSleeps).toBe(0)
  })

  it.each([
    ['one header of 20 kB', `x-a: ${'a'.repeat(20_000)}\r\n`],
    ['ten thousand headers', Array.from({ length: 10_000 }, (_, i) => `x-${i}: a\r\n`).join('')],
  ])('is rejected with %s', async (_name, headers) => {
    const { socket, answer } = await open()
    socket.on('error', () => {})
    socket.write(`GET /graphql HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
    expect(await answer).toMatch(/^HTTP\/1\.1 431 |^reset$/)
  })

  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['a negative length', 'Content-Length: -1\r\n'],
    ['a folded header', 'x-a: b\r\n\tc\u0000\r\n'],
  ])('is rejected with %s', async (_name, headers) => {
    const { socket, answer } = await open()
    socket.write(`POST /graphql HTTP/1.1\r\nHost: localhost\r\n${headers}\r\nhello`)
    expect(await answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('can open 2,000 idle connections without blocking others', async () => {
    const idle = await Promise.all(Array.from({ length: 2_000 }, () => open(server.url)))
    expect(await post(server.url, { query: '{ hello }' })).toMatchObject({ status: 200 })
    for (const { socket } of idle) socket.destroy()
  })
})
