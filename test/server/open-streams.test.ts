import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLString } from 'graphql'
import type { Authenticate } from '../../src/access/caller.ts'
import type { Caller } from '../../src/operation.ts'
import { post } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

/** More than the operating system accepts for a client that reads nothing. */
const fields = { text: { type: GraphQLString, resolve: () => 'x'.repeat(8_000_000) } }

const caller: Caller = {
  name: 'dashboard',
  permissions: new Set(['certificates:read'] as const),
  places: new Set(['a', 'b']),
  isIdentified: true,
}

const servers: RunningServer[] = []
let socket: Socket
afterEach(async () => {
  socket.destroy()
  for (const server of servers.splice(0)) await server.close()
})

async function start(authenticate: Authenticate): Promise<RunningServer> {
  const server = await startServer(fields, { authenticate })
  servers.push(server)
  return server
}

/** Opens a stream that stays open: its client does not read. */
async function openStream(accept: string): Promise<RunningServer> {
  const server = await start(async () => caller)
  socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.pause().on('error', () => {})
  await once(socket, 'connect')
  const text = JSON.stringify({ query: '{ text }' })
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: ${accept}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  )
  await until(() => server.log.some(({ msg }) => msg === 'operation') && server.clock.pendingSleeps === 1)
  return server
}

const aborted = ({ log }: RunningServer) => log.filter(({ msg }) => String(msg).startsWith('stream aborted'))

describe('an open stream', () => {
  it.each<[string, Awaited<ReturnType<Authenticate>>]>([
    ['has no access any more', { message: 'unknown', reason: 'unknown key' }],
    ['has lost a permission', { ...caller, permissions: new Set() }],
    ['has lost a place', { ...caller, places: new Set(['a']) }],
  ])('is aborted when another server takes over and its caller %s', async (_, now) => {
    const server = await openStream('text/event-stream')
    const next = await start(async () => now)
    await server.replaceServer(next.server)
    expect(aborted(server)).toMatchObject([{ caller: 'dashboard' }])
    socket.resume()
    await until(() => socket.closed)
  })

  it.each<[string, Caller]>([
    ['the same access', caller],
    ['more access', { ...caller, permissions: new Set(['certificates:read', 'certificates:write']), places: null }],
  ])('stays open when its caller has %s', async (_, now) => {
    const server = await openStream('text/event-stream')
    const next = await start(async () => now)
    const replaced = server.replaceServer(next.server)
    expect((await post(server.url, { query: '{ hello }' })).status).toBe(200)
    expect(aborted(server)).toEqual([])
    expect(socket.closed).toBe(false)
    socket.destroy()
    await replaced
  })

  it('is another thing than an answer in progress, which is completed', async () => {
    const server = await openStream('application/json')
    const next = await start(async () => ({ message: 'unknown', reason: 'unknown key' }))
    const replaced = server.replaceServer(next.server)
    expect((await post(server.url, { query: '{ hello }' })).status).toBe(401)
    expect(aborted(server)).toEqual([])
    socket.destroy()
    await replaced
  })
})
