import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { quiet } from '../../support/quiet.ts'
import { until } from '../../support/until.ts'
import { createTestCall, failureOf, type TestCall } from '../../support/vendor-call.ts'

let vendor: Server
let url: string
let respond: RequestListener
let received: number
let caller: TestCall

beforeEach(async () => {
  received = 0
  vendor = createServer((request, response) => {
    received += 1
    respond(request, response)
  })
  vendor.listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  caller = createTestCall({ timeout: 4_000 })
})
afterEach(async () => {
  await caller.close()
  vendor.close()
  vendor.closeAllConnections()
})

const unreachable = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'Example could not be reached for the list',
  details: { provider: 'EXAMPLE' },
}
const late = {
  code: 'UPSTREAM_TIMEOUT',
  message: 'Example did not return the list within 4000 ms',
  details: { provider: 'EXAMPLE' },
}

describe('a call that the process ends itself', () => {
  it('is not logged as a failure of the vendor', async () => {
    respond = () => {}
    const failure = failureOf(caller.get(url))
    await until(() => received === 1)
    await caller.close()
    await until(() => caller.clock.pendingSleeps > 0)
    caller.clock.advance(25_000)
    await failure
    expect(caller.lines.filter(({ level }) => Number(level) >= 40)).toEqual([])
  })
})

describe('a connection that breaks', () => {
  it.each<[string, RequestListener]>([
    ['before the response', (request) => request.socket.resetAndDestroy()],
    [
      'after the headers',
      (_, response) => {
        response.writeHead(200).flushHeaders()
        setImmediate(() => response.socket?.destroy())
      },
    ],
    [
      'in the middle of the body',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"rows":', () => response.socket?.destroy())
      },
    ],
    ['with something other than HTTP', ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ])('%s makes the vendor unavailable', async (_, listener) => {
    respond = listener
    expect(await caller.failure(url)).toMatchObject(unreachable)
    expect(caller.clock.pendingSleeps).toBe(0)
  })

  it('makes the vendor unavailable when no server listens', async () => {
    vendor.close()
    await once(vendor, 'close')
    expect(await caller.failure(url)).toMatchObject(unreachable)
  })

  it('does not affect the next call', async () => {
    respond = (request) => request.socket.destroy()
    await caller.failure(url)
    respond = (_, response) => response.end('{"rows":3}')
    expect(await caller.get(url)).toEqual({ rows: 3 })
  })
})

describe('the timeout of a call', () => {
  it.each<[string, RequestListener]>([
    ['before the response', () => {}],
    ['after the headers', (_, response) => response.writeHead(200).flushHeaders()],
    ['in the middle of the body', (_, response) => response.write('{"rows":')],
  ])('ends it when the vendor stops sending %s, and no earlier', async (_, listener) => {
    respond = listener
    let ended = false
    const failure = failureOf(caller.get(url)).finally(() => {
      ended = true
    })
    const hangUp = new Promise<void>((resolve) =>
      vendor.on('connection', (socket) => socket.on('close', () => resolve())),
    )
    await until(() => received === 1)
    caller.clock.advance(3_999)
    await quiet()
    expect(ended).toBe(false)
    caller.clock.advance(1)
    expect(await failure).toMatchObject(late)
    expect(caller.clock.pendingSleeps).toBe(0)
    await hangUp
  })

  it('is not extended by a vendor that sends slowly', async () => {
    respond = (_, response) => {
      response.write('[')
      response.on('drip', () => response.write('1,'))
      drip = () => response.emit('drip')
    }
    let drip = () => false
    const failure = failureOf(caller.get(url))
    await until(() => received === 1)
    for (let second = 0; second < 4; second++) {
      drip()
      caller.clock.advance(1_000)
    }
    expect(await failure).toMatchObject(late)
  })
})

describe('the size of a response', () => {
  const limit = 32 * 1024 * 1024
  const textOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`

  it('may be 32 MiB: one response contains a whole contract', async () => {
    respond = (_, response) => response.end(textOf(limit))
    expect(await caller.get(url)).toHaveLength(limit - 2)
  })

  it('may not be more: then the response is malformed and the connection is closed', async () => {
    const hangUp = new Promise<void>((resolve) =>
      vendor.on('connection', (socket) => socket.on('close', () => resolve())),
    )
    respond = (_, response) => response.write(textOf(limit + 1))
    expect(await failureOf(caller.get(url))).toMatchObject({
      code: 'UPSTREAM_MALFORMED_RESPONSE',
      message: 'Example returned more than 33554432 bytes for the list',
      details: { provider: 'EXAMPLE' },
    })
    await hangUp
  })
})
