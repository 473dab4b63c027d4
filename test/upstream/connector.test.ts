import type { LookupAddress } from 'node:dns'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createConnector, createPublicLookup, type LookupAll } from '../../src/upstream/connector.ts'
import { createTransport, type Transport } from '../../src/upstream/transport.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

let receiver: WebhookReceiver
beforeAll(async () => {
  receiver = await startWebhookReceiver()
})
afterAll(() => receiver.close())

const transports: Transport[] = []
afterEach(async () => {
  for (const transport of transports.splice(0)) await transport.close()
  receiver.requests.splice(0)
  receiver.answerWith(() => ({ status: 204 }))
})

/** A lookup that finds these addresses for every name. */
const finding =
  (...addresses: string[]): LookupAll =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

function send(url: string, options: { readonly lookup?: LookupAll; readonly allowPrivate?: boolean } = {}) {
  const { allowPrivate = false, ...rest } = options
  const transport = createTransport('none', createConnector({ allowPrivate, ca: receiver.ca, ...rest }))
  transports.push(transport)
  const request = { method: 'POST' as const, url: new URL(url), headers: {}, body: '{}' }
  return transport.send(request, AbortSignal.timeout(5_000))
}

const refused = { name: 'RefusedAddressError', message: 'the host has no public address' }

describe('a connection to public addresses only', () => {
  it.each([
    'https://127.0.0.1',
    'https://127.1',
    'https://0x7f000001',
    'https://2130706433',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://0.0.0.0',
    'https://localhost',
  ])('is not opened to %s', async (host) => {
    await expect(send(`${host}:${receiver.port}/`)).rejects.toMatchObject(refused)
    expect(receiver.requests).toEqual([])
  })

  it.each([['127.0.0.1'], ['10.0.0.1', '192.168.0.1'], ['::1'], ['::ffff:127.0.0.1', '64:ff9b::7f00:1']])(
    'is not opened to a name with the addresses %s %s',
    async (...addresses) => {
      const found = addresses.filter((each): each is string => each !== undefined)
      await expect(
        send(`https://hooks.example:${receiver.port}/`, { lookup: finding(...found) }),
      ).rejects.toMatchObject(refused)
      expect(receiver.requests).toEqual([])
    },
  )

  it('checks each lookup: a name may have another address the next time', async () => {
    let lookups = 0
    const rebinding: LookupAll = (hostname, options, callback) => {
      lookups += 1
      finding(lookups === 1 ? '192.0.2.1' : '127.0.0.1')(hostname, options, callback)
    }
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(send(`https://hooks.example:${receiver.port}/`, { lookup: rebinding })).rejects.toMatchObject(
        refused,
      )
    expect([lookups, receiver.requests.length]).toEqual([2, 0])
  })

  it('uses the public ones of several addresses', () => {
    const lookup = createPublicLookup(finding('127.0.0.1', '8.8.8.8', 'fd00::1', '2606:4700::1'))
    const results: unknown[] = []
    lookup('hooks.example', { all: true }, (_, found) => results.push(found))
    lookup('hooks.example', {}, (_, address, family) => results.push([address, family]))
    expect(results).toEqual([
      [
        { address: '8.8.8.8', family: 4 },
        { address: '2606:4700::1', family: 6 },
      ],
      ['8.8.8.8', 4],
    ])
  })

  it('fails as the lookup does', async () => {
    const failing: LookupAll = (_, __, callback) =>
      callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), [])
    await expect(send('https://hooks.example/', { lookup: failing })).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })
})

describe('a connection to any address', () => {
  it('is opened to this machine', async () => {
    const { status } = await send(receiver.url, { allowPrivate: true })
    expect([status, receiver.requests.length]).toEqual([204, 1])
  })

  it('is encrypted with a trusted certificate', async () => {
    const transport = createTransport('none', createConnector({ allowPrivate: true }))
    transports.push(transport)
    const request = { method: 'POST' as const, url: new URL(receiver.url), headers: {}, body: '{}' }
    await expect(transport.send(request, AbortSignal.timeout(5_000))).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
  })
})

describe('a transport that uses no bodies', () => {
  it('returns the status of a response with a long body', async () => {
    receiver.answerWith(() => ({ status: 200, body: 'x'.repeat(1_000_000) }))
    const { status, text } = await send(receiver.url, { allowPrivate: true })
    expect([status, text]).toEqual([200, ''])
  })

  it('follows no redirect', async () => {
    receiver.answerWith(() => ({ status: 302, headers: { location: '/elsewhere' } }))
    const { status } = await send(receiver.url, { allowPrivate: true })
    expect([status, receiver.requests.length]).toEqual([302, 1])
  })
})
