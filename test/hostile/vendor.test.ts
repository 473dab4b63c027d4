import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { brotliCompress, deflate, gzip, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { maxGrowth, memoryAfterCollection } from '../support/memory.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

/** A server that answers as a test wants, in place of OpenAI. */
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
  // Beside the program and before it: packing takes seconds, in which connections that it keeps open would end.
  const much = Buffer.alloc(200_000_000, ' ')
  bombs = {
    gzip: await promisify(gzip)(much),
    deflate: await promisify(deflate)(much),
    br: await promisify(brotliCompress)(much),
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
  // What failed a moment ago rests, and an account that failed too often is not called at all.
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

/** The list as it was read, or the code of why it was not. */
async function ask(): Promise<unknown> {
  const id = stack.openai.config.organizations[0]?.id
  const { data, errors } = await stack.ask<{ openAIOrganization: { certificates: unknown } }>(
    'query ($id: ID!) { openAIOrganization(id: $id) { certificates { totalCount } } }',
    { id },
  )
  const { message, extensions } = errors?.[0] ?? { message: '', extensions: {} }
  expect(message.length).toBeLessThan(600)
  return data.openAIOrganization.certificates ?? extensions['code']
}

const malformed = 'UPSTREAM_MALFORMED_RESPONSE'

describe('a vendor that answers', () => {
  it('200 MB is not read to the end', async () => {
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

  it('200 MB with their length is not read either', async () => {
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

  it('without an end is given up on in time', async () => {
    respond = (_, response) => response.write('{"object":"list","data":[')
    const answer = ask()
    await until(() => received.length === 1)
    await until(() => stack.clock.pendingSleeps > 1)
    stack.clock.advance(25_000)
    expect(await answer).toBe('UPSTREAM_TIMEOUT')
  })

  it.each(['gzip', 'deflate', 'br'])('a bomb in %s is not unpacked', async (encoding) => {
    const bomb = bombs[encoding]
    expect(bomb?.length).toBeLessThan(1_000_000)
    respond = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb)
    const held = memoryAfterCollection()
    expect(await ask()).toBe(malformed)
    expect(memoryAfterCollection() - held).toBeLessThan(20_000_000)
  })

  it('in an encoding nobody asked for is not read, whatever it is', async () => {
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

  it('with cookies gets none back, and nobody else does', async () => {
    respond = (_, response) => response.writeHead(200, { 'set-cookie': 'session=stolen; Path=/' }).end(page)
    expect(await ask()).toEqual({ totalCount: 0 })
    const { headers } = await fetch(stack.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ scopes { totalCount } }"}',
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
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0xed, 0xa0, 0x80])],
    ['nothing', ''],
  ])('with %s has answered with no list', async (_name, body) => {
    respond = (_, response) => response.end(body)
    expect(await ask()).toBe(malformed)
  })

  it('with 1 MB of an error is not repeated', async () => {
    respond = (_, response) =>
      response.writeHead(404).end(JSON.stringify({ error: { message: 'x'.repeat(1_000_000) } }))
    expect(await ask()).toBe('UPSTREAM_NOT_FOUND')
  })
})
