import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { acceptsGzip } from '../../src/server/accept-encoding.ts'
import { sendRequest } from '../support/http-client.ts'
import { type Stack, startStack } from '../support/stack.ts'

describe('the metrics', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
    await stack.ask('{ certificates(first: 1) { totalCount } }')
  })
  afterAll(() => stack.close())

  const metricsUrl = () => new URL('/metrics', stack.url)

  it('are compressed for a scraper that accepts gzip, as Prometheus does', async () => {
    const response = await fetch(metricsUrl(), { headers: { 'accept-encoding': 'gzip' } })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      vary: expect.stringContaining('Accept-Encoding'),
    })
    const text = await response.text()
    expect(text).toContain('x509_cert_not_after{')
    expect(Number(response.headers.get('content-length'))).toBeLessThan(text.length / 4)
  })

  it.each([{}, { 'accept-encoding': 'identity' }, { 'accept-encoding': 'br, gzip;q=0' }])(
    'are plain text for one that does not: %j',
    async (headers) => {
      const { status, headers: sent, body } = await sendRequest(metricsUrl().href, { headers })
      expect([status, sent['content-encoding']]).toEqual([200, undefined])
      expect(body).toContain('x509_cert_not_after{')
    },
  )

  it('have no body for HEAD', async () => {
    const headers = { 'accept-encoding': 'gzip' }
    const answer = await sendRequest(metricsUrl().href, { method: 'HEAD', headers })
    expect(answer).toMatchObject({ status: 200, body: '' })
    expect(answer.headers).not.toHaveProperty('content-encoding')
  })
})

describe('an Accept-Encoding header', () => {
  it.each(['gzip', 'deflate, gzip;q=1.0, *;q=0.5', 'x-gzip', ' GZIP ; q=0.001 '])('accepts gzip: %s', (header) => {
    expect(acceptsGzip(header)).toBe(true)
  })

  it.each([undefined, null, '', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.000', 'gzipped', '*'])(
    'does not accept gzip: %s',
    (header) => {
      expect(acceptsGzip(header)).toBe(false)
    },
  )
})
