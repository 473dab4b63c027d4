import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { download, parseCsv } from '../support/exported.ts'
import { memoryAfterCollection } from '../support/memory.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const accounts = 75
const certificates = 75_000

let stack: Stack
const sockets: Socket[] = []
beforeAll(async () => {
  stack = await startStack({
    limits: false,
    scale: { liveperson: { accounts, certificatesPerAccount: certificates / accounts } },
    configure: ({ liveperson }) => ({ liveperson }),
  })
  // The places are read, and the orders made.
  await stack.ask('{ certificates(first: 1) { totalCount } }')
}, 120_000)
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
})
afterAll(() => stack.close())

const lines = () => stack.log.filter(({ msg }) => msg === 'export')

/** Requests the file and reads nothing. */
async function requestUnread(): Promise<Socket> {
  const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {}).pause()
  await once(socket, 'connect')
  socket.write('GET /certificates.csv HTTP/1.1\r\nHost: localhost\r\n\r\n')
  return socket
}

describe('an export of 75,000 certificates', () => {
  it('has a row for each that the API counts, each of them once', async () => {
    const { data } = await stack.ask<{ certificates: { totalCount: number } }>('{ certificates { totalCount } }')
    expect(data.certificates.totalCount).toBe(certificates)
    const { headers, text } = await download(stack, 'certificates.csv')
    expect(headers.get('x-certgraph-complete')).toBe('true')
    expect(text.length).toBeGreaterThan(10_000_000)
    expect(new Set(parseCsv(text).map(({ id }) => id)).size).toBe(certificates)
    expect(lines().at(-1)).toMatchObject({ rows: certificates })
  }, 60_000)

  it('has the certificates of its beginning, also when other readings follow', async () => {
    const [{ certificates: renamed = [] } = {}] = stack.liveperson.state.accounts
    const response = await fetch(new URL('/certificates.csv', stack.url))
    for (const certificate of renamed) certificate.name = 'renamed'
    const query = '{ certificates(maxStaleness: "PT0S", first: 1) { totalCount } }'
    stack.clock.advance(11_000)
    await stack.ask(query)
    const text = await response.text()
    expect(text).not.toContain('renamed')
    expect(parseCsv(text)).toHaveLength(certificates)
    expect((await download(stack, 'certificates.csv')).text).toContain('renamed')
  }, 60_000)

  it('is not in memory while its client does not read it, and ends then', async () => {
    const before = memoryAfterCollection()
    const ended = lines().length
    const socket = await requestUnread()
    // The operating system accepts some megabytes.
    await sleep(1_000)
    expect(memoryAfterCollection() - before).toBeLessThan(4_000_000)
    expect(lines()).toHaveLength(ended)
    while (lines().length === ended) {
      stack.clock.advance(30_000)
      await sleep(300)
    }
    expect(lines().at(-1)).toMatchObject({ export: 'csv', clientLeft: true })
    expect(stack.log.some(({ msg }) => msg === 'connection closed: its client does not read')).toBe(true)
    expect(socket.bytesRead).toBe(0)
  }, 60_000)

  it('ends when its client leaves', async () => {
    const ended = lines().length
    const socket = await requestUnread()
    socket.once('readable', () => socket.destroy())
    await until(() => lines().length > ended)
    const line = lines().at(-1)
    expect(line).toMatchObject({ export: 'csv', clientLeft: true })
    expect(line?.['rows']).toBeLessThan(certificates)
  }, 60_000)
})
