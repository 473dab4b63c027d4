import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { edgeGridTimestamp, signEdgeGrid } from '../../../src/providers/akamai/edgegrid.ts'
import type { OutgoingRequest } from '../../../src/upstream/transport.ts'

const credentials = {
  clientToken: 'akab-client-token-xxx-xxxxxxxxxxxxxxxx',
  accessToken: 'akab-access-token-xxx-xxxxxxxxxxxxxxxx',
  clientSecret: `${'x'.repeat(43)}=`,
  maxBody: 2048,
  headersToSign: ['X-Test1', 'X-Test2', 'X-Test3'],
}
const attempt = { now: Date.parse('2014-03-21T19:34:21Z'), nonce: 'nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx' }
const host = 'akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net'

interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly target: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

function sign({ method = 'GET', target, headers = {}, ...rest }: Request, overrides: object = {}): string {
  // One of the published vectors is a PUT, which no call of this program uses.
  const request = { method, url: new URL(`https://${host}${target}`), headers, ...rest } as OutgoingRequest
  return signEdgeGrid({ ...credentials, ...overrides }, request, attempt)
}

const signatureOf = (header: string) => /;signature=(.+)$/.exec(header)?.[1]

describe('an EdgeGrid signature', () => {
  it.each<[string, Request, string]>([
    ['the bare host', { target: '/' }, 'tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU='],
    ['a query', { target: '/testapi/v1/t1?p1=1&p2=2' }, 'hKDH1UlnQySSHjvIcZpDMbQHihTQ0XyVAKZaApabdeA='],
    [
      'another query',
      { target: '/testapi/v1/configs/111?from=12345&limit=200000' },
      'XM+hsuSs6nuy/5eDRty1IjtVCAdr8xPFRAZ/b8RXDm8=',
    ],
    [
      'a body',
      { method: 'POST', target: '/testapi/v1/t3', body: 'data'.repeat(8) },
      'hXm4iCxtpN22m4cbZb4lVLW5rhX8Ca82vCFqXzSTPe4=',
    ],
    [
      'a body longer than its hashed part',
      { method: 'POST', target: '/testapi/v1/t3', body: 'd'.repeat(2049) },
      '6Q6PiTipLae6n4GsSIDTCJ54bEbHUBp+4MUXrbQCBoY=',
    ],
    [
      'an empty body',
      { method: 'POST', target: '/testapi/v1/t6', body: '' },
      '1gEDxeQGD5GovIkJJGcBaKnZ+VaPtrc4qBUHixjsPCQ=',
    ],
    [
      'the body of a PUT, which is not hashed',
      { method: 'PUT', target: '/testapi/v1/t6', body: 'P'.repeat(31) },
      'GNBWEYSEWOLtu+7dD52da2C39aX/Jchpon3K/AmBqBU=',
    ],
    [
      'headers in a different order than headersToSign',
      { target: '/testapi/v1/t4', headers: { 'X-Test2': 't2', 'X-Test1': 't1', 'X-Test3': 't3' } },
      'Wus73Nx8jOYM+kkBFF2q8D1EATRIMr0WLWwpLBgkBqY=',
    ],
  ])('matches the published vector for %s', (_, request, signature) => {
    expect(signatureOf(sign(request))).toBe(signature)
  })

  it('is made with the published signing key of the timestamp', () => {
    const key = 'znsRMDBRqTXGJ7Ojip3/h2FGPu3LuoMYWgv9PKEnE/o='
    const header = sign({ target: '/' })
    const unsigned = header.slice(0, header.indexOf('signature='))
    const data = ['GET', 'https', host, '/', '', '', unsigned].join('\t')
    expect(signatureOf(header)).toBe(createHmac('sha256', key).update(data).digest('base64'))
  })

  it('is preceded by the tokens, the timestamp and the nonce', () => {
    expect(sign({ target: '/' })).toBe(
      `EG1-HMAC-SHA256 client_token=${credentials.clientToken};access_token=${credentials.accessToken};` +
        `timestamp=20140321T19:34:21+0000;nonce=${attempt.nonce};signature=tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU=`,
    )
  })

  it('ignores the case of header names and normalizes the spaces of their values', () => {
    const signWith = (headers: Record<string, string>) => sign({ target: '/', headers })
    const plain = signWith({ 'x-test1': 'a b' })
    expect(signWith({ 'X-TEST1': '  a \t  b ' })).toBe(plain)
    expect(signWith({ 'x-test1': 'ab' })).not.toBe(plain)
    expect(signWith({ 'x-test1': 'a b', 'x-other': 'c' })).toBe(plain)
  })

  it('covers the method, the path, the query as sent, the secret and the hashed part of the body', () => {
    const requests: Request[] = [
      { target: '/a?key=1%3A2' },
      { target: '/a?key=1:2' },
      { target: '/b?key=1:2' },
      { target: '/a' },
      { method: 'POST', target: '/a' },
      { method: 'POST', target: '/a', body: 'b' },
    ]
    const signatures = requests.map((request) => signatureOf(sign(request)))
    const other = signatureOf(sign({ target: '/a' }, { clientSecret: 'other' }))
    expect(new Set([...signatures, other]).size).toBe(requests.length + 1)
  })

  it('counts the hashed part of the body in bytes, not in characters', () => {
    const bodies = ['é'.repeat(2), 'é'.repeat(3)]
    const [two, three] = bodies.map((body) => sign({ method: 'POST', target: '/', body }, { maxBody: 4 }))
    expect(two).toBe(three)
  })
})

it('the timestamp is UTC to the second', () => {
  expect(edgeGridTimestamp(Date.parse('2030-12-31T23:59:59.999Z'))).toBe('20301231T23:59:59+0000')
  expect(edgeGridTimestamp(Date.parse('2030-01-02T03:04:05+05:30'))).toBe('20300101T21:34:05+0000')
})
