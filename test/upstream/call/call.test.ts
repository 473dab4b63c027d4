import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Call, EmulatedResponse } from '../../../src/sandbox/call.ts'
import { type Emulator, startEmulator } from '../../../src/sandbox/emulator.ts'
import { createTestCall, failureOf, type TestCall } from '../../support/vendor-call.ts'

let vendor: Emulator
let answer: (call: Call) => EmulatedResponse
let caller: TestCall

beforeEach(async () => {
  answer = () => ({ status: 200, body: { rows: 3 } })
  vendor = await startEmulator((call) => answer(call))
  caller = createTestCall()
})
afterEach(async () => {
  await caller.close()
  await vendor.close()
})

const malformed = {
  code: 'UPSTREAM_MALFORMED_RESPONSE',
  message: 'Example returned a malformed response for the list',
  details: { provider: 'EXAMPLE', httpStatus: 200 },
}

describe('a call', () => {
  it('authenticates, asks for JSON, and returns the parsed body', async () => {
    expect(await caller.get(`${vendor.url}/list`)).toEqual({ rows: 3 })
    expect(vendor.calls).toMatchObject([
      { method: 'GET', target: '/list', headers: { authorization: 'Bearer key-0815', accept: 'application/json' } },
    ])
    expect(caller.clock.pendingSleeps).toBe(0)
  })

  it('is logged when it fails, without secrets', async () => {
    answer = ({ headers }) => ({
      status: 403,
      body: { message: `no rights for ${headers.authorization}, of-another-account` },
    })
    await caller.failure(vendor.url)
    expect(caller.lines).toMatchObject([
      {
        level: 40,
        provider: 'EXAMPLE',
        code: 'UPSTREAM_FORBIDDEN',
        httpStatus: 403,
        msg: 'Example answered 403 for the list: no rights for Bearer [redacted], [redacted]',
      },
    ])
  })

  it('is logged with the cause, without the body that could not be parsed', async () => {
    answer = () => ({ status: 200, body: '<html>key-0815' })
    await caller.failure(vendor.url)
    await caller.failure('http://127.0.0.1:1/')
    expect(caller.lines.map(({ code, cause }) => [code, cause])).toEqual([
      ['UPSTREAM_MALFORMED_RESPONSE', 'SyntaxError'],
      ['UPSTREAM_UNAVAILABLE', 'ECONNREFUSED'],
    ])
  })

  it('authenticates every attempt', async () => {
    let calls = 0
    const signing = createTestCall({}, { authorize: async () => ({ authorization: `signature ${++calls}` }) })
    await signing.get(vendor.url)
    await signing.get(vendor.url)
    expect(vendor.calls.map(({ headers }) => headers.authorization)).toEqual(['signature 1', 'signature 2'])
    await signing.close()
  })

  it.each([
    [301, 'UPSTREAM_MALFORMED_RESPONSE', 1],
    [304, 'UPSTREAM_MALFORMED_RESPONSE', 1],
    [400, 'UPSTREAM_INVALID_REQUEST', 1],
    [401, 'UPSTREAM_UNAUTHENTICATED', 1],
    [403, 'UPSTREAM_FORBIDDEN', 1],
    [404, 'UPSTREAM_NOT_FOUND', 1],
    [408, 'UPSTREAM_INVALID_REQUEST', 4],
    [409, 'UPSTREAM_CONFLICT', 1],
    [418, 'UPSTREAM_INVALID_REQUEST', 1],
    [429, 'UPSTREAM_RATE_LIMITED', 1],
    [500, 'UPSTREAM_UNAVAILABLE', 4],
    [503, 'UPSTREAM_UNAVAILABLE', 4],
    [599, 'UPSTREAM_UNAVAILABLE', 4],
  ])('answered %i fails with %s and the vendor’s message after %i calls', async (status, code, calls) => {
    const headers = { 'x-request-id': 'req_7' }
    answer = () => ({ status, headers, body: { message: 'Not today.' } })
    // A 304 has no body.
    const said = status === 304 ? '' : ': Not today.'
    expect(await caller.failure(vendor.url)).toMatchObject({
      code,
      message: `Example answered ${status} for the list${said}`,
      details: { provider: 'EXAMPLE', httpStatus: status },
    })
    expect(vendor.calls).toHaveLength(calls)
  })

  it.each([
    ['HTML', '<!doctype html><title>Sign in</title>'],
    ['broken JSON', '{"rows":'],
    ['nothing', ''],
  ])('fails with a malformed response for %s', async (_, body) => {
    answer = () => ({ status: 200, headers: { 'content-type': 'application/json' }, body })
    const message = `${malformed.message}: the body is not JSON`
    expect(await caller.failure(vendor.url)).toMatchObject({ ...malformed, message })
  })

  it('fails with a malformed response for JSON of another shape, without quoting it', async () => {
    const parse = (body: unknown) => {
      throw new Error(`no list in ${JSON.stringify(body)}`)
    }
    const failure = await failureOf(caller.get(vendor.url, { parse }))
    expect(failure).toMatchObject(malformed)
  })

  it('has a message without a quotation when an error body cannot be parsed', async () => {
    answer = () => ({ status: 502, body: '<html>Bad gateway</html>' })
    const failure = await caller.failure(vendor.url)
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', message: 'Example answered 502 for the list' })
  })

  it('truncates the vendor’s message and redacts secrets', async () => {
    answer = ({ headers }) => ({
      status: 401,
      body: { message: `${headers.authorization} is wrong. ${'x'.repeat(900)}` },
    })
    const { message } = (await caller.failure(vendor.url)) as Error
    expect(message).toMatch(/^Example answered 401 for the list: Bearer \[redacted\] is wrong\. x+…$/)
    expect(message.length).toBeLessThan(360)
  })

  it('does not follow a redirect', async () => {
    const elsewhere = await startEmulator(() => ({ status: 200, body: {} }))
    answer = () => ({ status: 302, headers: { location: `${elsewhere.url}/list` } })
    expect(await caller.failure(vendor.url)).toMatchObject({ code: 'UPSTREAM_MALFORMED_RESPONSE' })
    expect(elsewhere.calls).toEqual([])
    await elsewhere.close()
  })
})

describe('the time that a vendor asks to wait', () => {
  const waitOf = async () => ((await caller.failure(vendor.url)) as { details: unknown }).details

  it('is part of any error that has it', async () => {
    answer = () => ({ status: 503, headers: { 'retry-after': '120' } })
    expect(await waitOf()).toMatchObject({ retryAfterSeconds: 120 })
  })

  it('is taken from the header rather than the body', async () => {
    const patient = createTestCall({}, { parseError: () => ({ retryAfterSeconds: 9 }) })
    const details = async () => ((await patient.failure(vendor.url)) as { details: unknown }).details
    answer = () => ({ status: 429, body: {} })
    expect(await details()).toMatchObject({ retryAfterSeconds: 9 })
    patient.clock.advance(9_000)
    answer = () => ({ status: 429, headers: { 'retry-after': '30' }, body: {} })
    expect(await details()).toMatchObject({ retryAfterSeconds: 30 })
    await patient.close()
  })

  it('is at most fifteen minutes for a pause', async () => {
    answer = () => ({ status: 429, headers: { 'retry-after': '99999999999999999999' } })
    expect(await waitOf()).toMatchObject({ retryAfterSeconds: 900 })
  })
})
