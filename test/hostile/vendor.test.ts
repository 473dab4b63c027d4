import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { brotliCompress, deflate, gzip, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { lowestCost } from '../support/cpu-time.ts'
import { maxGrowth, memoryAfterCollection } from '../support/memory.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

/** A server in place of OpenAI, with responses of the test. */
async function startServer(listener: RequestListener) {
  const server: Server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

let vendor: Awaited<ReturnType<typeof startServer>>
let stack: Stack
let respond: RequestListener
let received: IncomingMessage[]
let before: number
let bombs: Readonly<Record<string, Buffer>>

const page = JSON.stringify({ object: 'list', data: [], has_more: false, first_id: null, last_id: null })

beforeAll(async () => {
  // Compressed before the program starts: this takes seconds, in which its idle connections would be closed.
  const large = Buffer.alloc(200_000_000, ' ')
  bombs = {
    gzip: await promisify(gzip)(large),
    deflate: await promisify(deflate)(large),
    br: await promisify(brotliCompress)(large),
  }
  vendor = await startServer((request, response) => {
    received.push(request)
    respond(request, response)
  })
  stack = await startStack({
    configure: (file) => ({
      ...file,
      openai: { organizations: file.openai.organizations.map((each) => ({ ...each, baseUrl: vendor.url })) },
      upstream: { ttl: '0s', minReadingAge: '0s', staleWhileRevalidate: '0s', staleIfError: '0s' },
    }),
  })
  before = memoryAfterCollection()
})
afterEach(async () => {
  received = []
  respond = (_, response) => response.end(page)
  // Waits until recent failures are forgotten and the circuit breaker is closed.
  stack.clock.advance(120_000)
  expect(await ask()).toEqual({ totalCount: 0 })
  received = []
})
afterAll(async () => {
  expect(memoryAfterCollection() - before).toBeLessThan(maxGrowth)
  await stack.close()
  await vendor.close()
})
received = []

/** The list, or the error code. */
async function ask(args = '', fields = 'totalCount'): Promise<unknown> {
  const id = stack.openai.config.organizations[0]?.id
  const { data, errors } = await stack.ask<{ openAIOrganization: { certificates: unknown } }>(
    `query ($id: ID!) { openAIOrganization(id: $id) { certificates${args && `(${args})`} { ${fields} } } }`,
    { id },
  )
  const { message, extensions } = errors?.[0] ?? { message: '', extensions: {} }
  expect(message.length).toBeLessThan(600)
  return data.openAIOrganization.certificates ?? extensions['code']
}

const malformed = 'UPSTREAM_MALFORMED_RESPONSE'

describe('a vendor response', () => {
  it('of 200 MB is not read to the end', async () => {
    let written = 0
    let closed = false
    respond = (_, response) => {
      response.on('close', () => {
        closed = true
      })
      const chunk = Buffer.alloc(1_000_000, ' ')
      const write = () => {
        while (written < 200 && !response.destroyed) {
          written += 1
          if (!response.write(chunk)) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    }
    expect(await ask()).toBe(malformed)
    await until(() => closed)
    expect(written).toBeLessThan(60)
  })

  it('of 200 MB with its length is not read', async () => {
    respond = (_, response) => {
      response.writeHead(200, { 'content-length': 200_000_000 })
      const chunk = Buffer.alloc(1_000_000, ' ')
      const write = () => {
        while (!response.destroyed) if (!response.write(chunk)) return void response.once('drain', write)
      }
      write()
    }
    expect(await ask()).toBe(malformed)
  })

  it('without an end times out', async () => {
    respond = (_, response) => response.write('{"object":"list","data":[')
    const answer = ask()
    await until(() => received.length === 1)
    await until(() => stack.clock.pendingSleeps > 1)
    stack.clock.advance(25_000)
    expect(await answer).toBe('UPSTREAM_TIMEOUT')
  })

  it.each(['gzip', 'deflate', 'br'])('that is a %s bomb is not decompressed', async (encoding) => {
    const bomb = bombs[encoding]
    expect(bomb?.length).toBeLessThan(1_000_000)
    respond = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb)
    const held = memoryAfterCollection()
    expect(await ask()).toBe(malformed)
    expect(memoryAfterCollection() - held).toBeLessThan(20_000_000)
  })

  it('in an encoding that was not requested is rejected', async () => {
    respond = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(page))
    expect(await ask()).toBe(malformed)
    expect(received.map(({ headers }) => headers['accept-encoding'])).toEqual([undefined])
    respond = (_, response) => response.writeHead(200, { 'content-encoding': 'identity' }).end(page)
    stack.clock.advance(120_000)
    expect(await ask()).toEqual({ totalCount: 0 })
  })

  it('with a redirect is not followed', async () => {
    const reached: string[] = []
    const other = await startServer(({ url = '', headers }, response) => {
      reached.push(`${url} ${headers.authorization}`)
      response.end(page)
    })
    for (const status of [301, 302, 303, 307, 308]) {
      respond = (_, response) => response.writeHead(status, { location: `${other.url}/stolen` }).end()
      expect([status, await ask()]).toEqual([status, malformed])
      stack.clock.advance(120_000)
    }
    expect(reached).toEqual([])
    await other.close()
  })

  it('with cookies does not set cookies for later calls or for callers', async () => {
    respond = (_, response) => response.writeHead(200, { 'set-cookie': 'session=stolen; Path=/' }).end(page)
    expect(await ask()).toEqual({ totalCount: 0 })
    const { headers } = await fetch(stack.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ certificatePlaces { totalCount } }"}',
    })
    expect(headers.get('set-cookie')).toBeNull()
    expect(received.length).toBeGreaterThan(1)
    expect(received.filter((request) => request.headers.cookie !== undefined)).toEqual([])
  })

  it.each([
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a key of the prototype', '{"__proto__":{"data":[]},"constructor":{"prototype":{}}}'],
    ['1 MB of an error', JSON.stringify({ error: { message: 'x'.repeat(1_000_000) } })],
    ['null bytes', '\u0000'.repeat(1_000)],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0xed, 0xa0, 0x80])],
    ['no text', ''],
  ])('with %s is malformed', async (_name, body) => {
    respond = (_, response) => response.end(body)
    expect(await ask()).toBe(malformed)
  })

  it('with an error of 1 MB is not repeated', async () => {
    respond = (_, response) =>
      response.writeHead(404).end(JSON.stringify({ error: { message: 'x'.repeat(1_000_000) } }))
    expect(await ask()).toBe('UPSTREAM_NOT_FOUND')
  })

  it.each([
    ['line breaks after an END line', `-----END ${'\n'.repeat(1_000_000)}`],
    ['escaped line breaks', 'n\\'.repeat(500_000)],
    ['BEGIN lines', '-----BEGIN CERTIFICATE-----\n'.repeat(40_000)],
    ['an unfinished key', `-----BEGIN PRIVATE KEY-----\n${'MIIB'.repeat(250_000)}`],
  ])('with an error of 1 MB of %s costs less than a second of CPU', async (_name, message) => {
    respond = (_, response) => response.writeHead(404).end(JSON.stringify({ error: { message } }))
    const cost = await costOf(async () => expect(await ask()).toBe('UPSTREAM_NOT_FOUND'))
    expect(cost).toBeLessThan(1)
  })

  const row = (members: object) => ({ object: 'certificate', name: 'a', active: true, ...members })
  const pageOf = (rows: string) => `{"object":"list","data":[${rows}],"has_more":false,"first_id":null,"last_id":null}`

  it('with certificates whose names are 200,000 combining marks is sorted and searched in less than a second of CPU', async () => {
    const name = '\u0315\u0300\u0327'.repeat(67_000)
    const rows = Array.from({ length: 10 }, (_, index) => JSON.stringify(row({ id: `cert_${index}`, name })))
    respond = (_, response) => response.end(pageOf(rows.join(',')))
    const args = 'orderBy: { field: NAME, direction: ASC }, filter: { search: "needle" }'
    const cost = await costOf(async () => expect(await ask(args)).toEqual({ totalCount: 0 }))
    expect(cost).toBeLessThan(1)
  })

  it('with an id of four million digits has an unreadable row, and one with such a date a parse issue', async () => {
    const digits = '9'.repeat(4_000_000)
    const rows = [
      `{"object":"certificate","id":${digits},"name":"a"}`,
      `{"object":"certificate","id":"cert_1","name":"b","created_at":${digits}}`,
    ]
    respond = (_, response) => response.end(pageOf(rows.join(',')))
    const cost = await costOf(async () =>
      expect(await ask('', 'totalCount nodes { id parseIssues }')).toEqual({
        totalCount: 1,
        nodes: [{ id: expect.any(String), parseIssues: ['created_at: expected Unix seconds'] }],
      }),
    )
    expect(cost).toBeLessThan(1)
  })
})

/** The CPU time of a query in seconds, each time after the failures before it are forgotten. */
function costOf(query: () => Promise<void>): Promise<number> {
  const queryAnew = () => {
    stack.clock.advance(120_000)
    return query()
  }
  return lowestCost(queryAnew, 1)
}
