import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLInt, GraphQLString } from 'graphql'
import { anonymousCaller } from '../../src/access/caller.ts'
import { defaultLimits } from '../../src/limits.ts'
import { post, sendRequest } from '../support/http-client.ts'
import { memoryAfterCollection } from '../support/memory.ts'
import { type RunningServer, startServer, type TestFields } from '../support/running-server.ts'
import { until } from '../support/until.ts'

/** More than the operating system accepts for a client that reads nothing. */
const large = 8_000_000
let made = 0
const fields: TestFields = {
  text: {
    type: GraphQLString,
    args: { length: { type: GraphQLInt } },
    resolve: (_source, { length }) => {
      made += 1
      return 'x'.repeat(length)
    },
  },
}
const query = (length = large) => ({ query: `{ text(length: ${length}) }` })

let server: RunningServer
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server.close()
})

/** Every caller with an Authorization header is identified by it. */
const start = (options: Parameters<typeof startServer>[1] = {}) =>
  startServer(fields, {
    authenticate: async (presented) =>
      presented.authorization
        ? { ...anonymousCaller(presented), name: presented.authorization, isIdentified: true }
        : anonymousCaller(presented),
    ...options,
  })

/** Sends a request and reads nothing. */
async function sendUnread(body: unknown = query(), headers = ''): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  sockets.push(socket)
  socket.pause().on('error', () => {})
  await once(socket, 'connect')
  const text = JSON.stringify(body)
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json\r\n${headers}Content-Length: ${text.length}\r\n\r\n${text}`,
  )
  return socket
}

/** A reset is an error of the socket, so `once` would reject. */
const untilClosed = (socket: Socket) => until(() => socket.closed)

const logged = (message: string) => server.log.filter(({ msg }) => msg === message)

/** Waits until this many operations have ended and some of their answers wait. */
const isStalled = (operations = 1) =>
  until(() => logged('operation').length === operations && server.clock.pendingSleeps === 1)

describe('a client that reads nothing', () => {
  it.each(['application/json', 'text/event-stream'])('is disconnected after 30 seconds: %s', async (accept) => {
    server = await start()
    const socket = await sendUnread(query(), `Accept: ${accept}\r\n`)
    await isStalled()
    // The operating system of the client still receives some bytes.
    await sleep(500)
    server.clock.advance(29_999)
    await until(() => server.clock.pendingSleeps === 1)
    expect(socket.destroyed).toBe(false)
    server.clock.advance(1)
    await until(() => logged('connection closed: its client does not read').length === 1)
    expect(logged('connection closed: its client does not read')).toMatchObject([
      { caller: '127.0.0.1', unsentBytes: expect.any(Number) },
    ])
    socket.resume()
    await untilClosed(socket)
    expect(server.clock.pendingSleeps).toBe(0)
    expect(await post(server.url, query(1))).toMatchObject({ status: 200 })
  })

  it('leaves nothing behind when it disconnects', async () => {
    server = await start()
    const socket = await sendUnread()
    await isStalled()
    socket.destroy()
    await until(() => server.clock.pendingSleeps === 0)
    expect(logged('connection closed: its client does not read')).toEqual([])
  })

  it('keeps the slot of its operation until it is disconnected', async () => {
    const operations = { executing: 5, waiting: 0, perCaller: 2 }
    server = await start({ limits: { ...defaultLimits, operations } })
    const ask = (name: string) => post(server.url, query(1), { authorization: name })
    await sendUnread(query(), 'Authorization: a\r\n')
    await sendUnread(query(), 'Authorization: a\r\n')
    await isStalled(2)
    expect(await ask('a')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
    expect(await ask('b')).toMatchObject({ status: 200 })
    await untilDisconnected(2)
    await until(() => server.clock.pendingSleeps === 0)
    expect(await ask('a')).toMatchObject({ status: 200 })
  })

  it('counts as its address when it is unidentified', async () => {
    const operations = { executing: 5, waiting: 0, perCaller: 2 }
    server = await start({ limits: { ...defaultLimits, operations } })
    await sendUnread()
    await sendUnread()
    await isStalled(2)
    await sleep(100)
    const { status, body } = await post(server.url, query(1))
    expect([status, JSON.parse(body)]).toMatchObject([
      429,
      { errors: [{ extensions: { code: 'OVERLOADED', limit: 2 } }] },
    ])
    expect(await post(server.url, query(1), { authorization: 'a' })).toMatchObject({ status: 200 })
  })

  it('does not keep a batch of operations from ending', async () => {
    const operations = { executing: 1, waiting: 5, perCaller: 20 }
    server = await start({ limits: { ...defaultLimits, batching: 5, operations } })
    const { body } = await post(server.url, Array(5).fill(query(3)))
    expect(JSON.parse(body)).toEqual(Array(5).fill({ data: { text: 'xxx' } }))
    expect(await post(server.url, query(1))).toMatchObject({ status: 200 })
  })
})

/** Less than the operating system accepts for a client that reads nothing. */
const small = 1_500_000

/** Bytes that the operating system keeps for clients of the server, with or without a process. */
async function queuedBytes(): Promise<number> {
  const port = `:${Number(new URL(server.url).port).toString(16).toUpperCase().padStart(4, '0')}`
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/ +/))
  return lines
    .filter(([, local, , state]) => local?.endsWith(port) && state !== '0A')
    .reduce((sum, [, , , , queues = '0']) => sum + Number.parseInt(queues, 16), 0)
}

async function untilReleased(): Promise<void> {
  while ((await queuedBytes()) > 0) await sleep(20)
}

/** The system of a client may receive some bytes shortly before the 30 seconds end. Then they begin again. */
async function untilDisconnected(connections: number): Promise<void> {
  while (logged('connection closed: its client does not read').length < connections) {
    server.clock.advance(30_000)
    await sleep(50)
  }
  await untilReleased()
}

const onLinux = process.platform === 'linux' ? it : it.skip

describe('an answer that the operating system accepts as a whole', () => {
  onLinux('keeps its slot and its bytes until its client is disconnected', async () => {
    const operations = { executing: 50, waiting: 0, perCaller: 3 }
    server = await start({ limits: { ...defaultLimits, operations, unsent: 3 * small } })
    const ask = (name: string, length = 1) => post(server.url, query(length), { authorization: name })
    await Promise.all(Array.from({ length: 12 }, () => sendUnread(query(small), 'Authorization: a\r\n')))
    await until(() => logged('operation').length === 12)
    await sleep(300)
    // The third one did not fit.
    await until(() => logged('answer refused: its caller has to read others first').length >= 1)
    expect(await ask('a', small)).toMatchObject({ status: 429 })
    await sendUnread(query(small / 2), 'Authorization: a\r\n')
    await until(() => logged('operation').length === 14)
    expect(await queuedBytes()).toBeGreaterThan(small / 2)
    expect(await queuedBytes()).toBeLessThan(3 * small)
    expect(await ask('a')).toMatchObject({ status: 429 })
    expect(await ask('b')).toMatchObject({ status: 200 })

    await untilDisconnected(3)
    expect(await ask('a')).toMatchObject({ status: 200 })
  })

  it('keeps no slot when its client sends another request, and its bytes still count', async () => {
    const operations = { executing: 50, waiting: 0, perCaller: 1 }
    server = await start({ limits: { ...defaultLimits, operations, unsent: 4 * small } })
    made = 0
    const body = JSON.stringify(query(small / 3))
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nContent-Type: application/json\r\n`
    const socket = await sendUnread(query(small / 3), 'Authorization: a\r\n')
    for (let count = 1; count < 3; count += 1) {
      await until(() => logged('operation').length === count)
      await sleep(100)
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
    }
    await until(() => logged('operation').length === 3)
    expect(made).toBe(3)
    expect(await post(server.url, query(1), { authorization: 'a' })).toMatchObject({ status: 429 })
  })

  onLinux('is counted together with smaller ones of its connection', async () => {
    const operations = { executing: 50, waiting: 0, perCaller: 1 }
    server = await start({ limits: { ...defaultLimits, operations } })
    made = 0
    const socket = await sendUnread(query(60_000), 'Authorization: a\r\n')
    const body = JSON.stringify(query(60_000))
    for (let count = 0; count < 30; count++) {
      socket.write(
        `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
    }
    await until(() => logged('operation').length === 31)
    // What the operating system of the client has received is acknowledged.
    expect(made).toBeLessThan(25)
    expect(await queuedBytes()).toBeLessThan(2 * 65_536)
    expect(await post(server.url, query(1), { authorization: 'a' })).toMatchObject({ status: 429 })
  })

  onLinux('leaves nothing in the operating system when its client ends the connection unread', async () => {
    server = await start()
    const socket = await sendUnread(query(small))
    await isStalled()
    socket.end()
    await untilReleased()
    expect(logged('connection closed: its client does not read')).toEqual([])
  })

  it('does not keep a client that reads from using all its slots and bytes', async () => {
    const operations = { executing: 50, waiting: 0, perCaller: 4 }
    server = await start({ limits: { ...defaultLimits, operations, unsent: 2_000_000 } })
    const agent = new Agent({ keepAlive: true })
    const headers = { 'content-type': 'application/json', authorization: 'a' }
    const body = JSON.stringify(query(200_000))
    const client = async () => {
      const statuses: number[] = []
      for (let count = 0; count < 20; count++) {
        statuses.push((await sendRequest(`${server.url}/graphql`, { method: 'POST', headers, agent }, body)).status)
      }
      return statuses
    }
    const statuses = await Promise.all(Array.from({ length: 4 }, client))
    expect(statuses.flat()).toEqual(Array(80).fill(200))
    agent.destroy()
  })

  onLinux.each([
    ['asks for the end of its connection', 'Connection: close\r\n', ''],
    ['sends an invalid request', '', 'nonsense\r\n\r\n'],
    ['sends more requests than may wait', '', 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(40)],
  ])('leaves nothing in the operating system when its client %s', async (_what, headers, next) => {
    server = await start()
    const socket = await sendUnread(query(small), headers)
    await isStalled()
    socket.write(next)
    if (next === '') await untilDisconnected(1)
    await untilReleased()
  })
})

describe('a client that reads slowly', () => {
  // About 250 kB in 10 seconds, while the operating system accepts further bytes after more than a megabyte.
  onLinux('gets the whole answer', async () => {
    server = await start()
    const socket = await sendUnread()
    await isStalled()
    let received = 0
    for (let step = 0; step < 12; step++) {
      for (let piece = 0; piece < 4; piece++) {
        received += socket.read()?.length ?? 0
        await sleep(20)
      }
      server.clock.advance(10_000)
      await until(() => server.clock.pendingSleeps === 1)
      await sleep(50)
    }
    expect(socket.destroyed).toBe(false)
    socket.on('data', (chunk) => {
      received += chunk.length
    })
    socket.resume()
    await until(() => received > large)
    await until(() => server.clock.pendingSleeps === 0)
  })
})

describe('the answers that wait for one caller', () => {
  it('are refused beyond the limit, and then its operations are not executed', async () => {
    server = await start({ limits: { ...defaultLimits, unsent: 2 * large } })
    made = 0
    const headers = 'Authorization: a\r\n'
    await sendUnread(query(), headers)
    await isStalled()
    const ask = (name: string, length: number) => post(server.url, query(length), { authorization: name })
    const { status, headers: sent, body } = await ask('a', 2 * large)
    const error = { code: 'OVERLOADED', limit: 2 * large, retryAfterSeconds: 1, requestId: sent['x-request-id'] }
    expect([status, sent['retry-after'], JSON.parse(body).errors[0].extensions]).toEqual([429, '1', error])
    expect(logged('answer refused: its caller has to read others first')).toHaveLength(1)
    expect(await ask('b', 2 * large)).toMatchObject({ status: 200 })

    await sendUnread(query(1.6 * large), 'Authorization: c\r\n')
    await sendUnread(query(), headers)
    await until(() => made === 5)
    await sleep(200)
    expect(await ask('a', 1)).toMatchObject({ status: 200 })
  })

  // Some texts of refused answers may not be collected yet.
  it('are bounded for 40 connections that ask for 8 MB each', async () => {
    server = await start()
    await post(server.url, query())
    const before = memoryAfterCollection()
    await Promise.all(Array.from({ length: 40 }, () => sendUnread()))
    await until(() => logged('operation').length === 41)
    await until(() => logged('answer refused: its caller has to read others first').length === 32)
    expect(memoryAfterCollection() - before).toBeLessThan(2 * defaultLimits.unsent)
    const refused = logged('answer refused: its caller has to read others first').length
    await untilDisconnected(40 - refused)
    await sleep(200)
    expect(memoryAfterCollection() - before).toBeLessThan(defaultLimits.unsent)
    expect(await post(server.url, query(1))).toMatchObject({ status: 200 })
  })

  it('are refused when they are files of GraphiQL, too', async () => {
    server = await start({ graphiql: true, limits: { ...defaultLimits, unsent: 12_000_000 } })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: { accept: 'text/html' } })
    // Its largest script has five megabytes without compression.
    const [, script] = /src="(\/graphql\/graphiql-[^"]+)"/.exec(body) ?? []
    const get = async () => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      sockets.push(socket)
      socket.pause().on('error', () => {})
      socket.write(`GET ${script} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      return once(socket, 'readable')
    }
    await Promise.all(Array.from({ length: 6 }, get))
    await until(() => logged('answer refused: its caller has to read others first').length >= 3)
  })

  it('are not refused when they report a change', async () => {
    server = await start({ limits: { ...defaultLimits, unsent: large } })
    await sendUnread(query(large - 100))
    await isStalled()
    await sleep(100)
    const { status, body } = await post(server.url, { query: `mutation { ${'c: change '.repeat(1)} }` })
    expect([status, body]).toEqual([200, '{"data":{"c":"changed"}}'])
  })
})

describe('a stored answer that its client does not read', () => {
  const stored = 900_000
  const ask = (name: string) => post(server.url, query(stored), { authorization: name })
  const unread = () => sendUnread(query(stored), 'Authorization: a\r\n')
  const isRefused = () => logged('answer refused: its caller has to read others first').length > 0

  onLinux('counts for its caller until the connection is closed after 30 seconds', async () => {
    server = await start({ storeFor: 1_000, limits: { ...defaultLimits, unsent: 4 * stored } })
    await ask('a')
    made = 0
    // The first of them has another Host header than the request above.
    await Promise.all(Array.from({ length: 12 }, unread))
    await until(isRefused)
    await until(() => logged('operation').length === 13)
    expect(await queuedBytes()).toBeLessThan(5 * stored)
    const { status, body } = await ask('a')
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([429, 'OVERLOADED'])
    expect(await ask('b')).toMatchObject({ status: 200 })
    expect(made).toBe(1)
    const refused = logged('answer refused: its caller has to read others first').length
    await untilDisconnected(13 - refused)
    expect(logged('connection closed: its client does not read')[0]).toMatchObject({ caller: 'a' })
    expect(await ask('a')).toMatchObject({ status: 200 })
  })

  onLinux('takes none of the slots of its caller', async () => {
    const operations = { executing: 5, waiting: 5, perCaller: 2 }
    server = await start({ storeFor: 1_000, limits: { ...defaultLimits, operations } })
    await ask('a')
    await Promise.all(Array.from({ length: 4 }, unread))
    await until(() => logged('operation').length === 5)
    await sleep(100)
    expect(await post(server.url, query(1), { authorization: 'a' })).toMatchObject({ status: 200 })
  })

  it('takes little memory for many requests of one connection', async () => {
    server = await start({ storeFor: 1_000 })
    await ask('a')
    const before = memoryAfterCollection()
    const socket = await unread()
    const body = JSON.stringify(query(stored))
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nContent-Type: application/json\r\n`
    for (let count = 0; count < 30; count += 1) socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
    await sleep(500)
    expect(memoryAfterCollection() - before).toBeLessThan(10 * stored)
  })
})
