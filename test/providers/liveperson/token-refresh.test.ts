import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { failureTtl, passTime, whileTimePasses } from '../../support/passing-time.ts'
import { findOnly, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { withoutCaching } from '../../support/vendor-outage.ts'

interface Answer {
  livePersonAccount: {
    certificates: { totalCount: number } | null
    source: { status: string; error: { code: string; message: string } | null }
  }
}

const [bearer, client] = ['le4830275', '52710934']

let stack: Stack
beforeEach(async () => {
  // Every operation reads the account and needs a token.
  stack = await startStack({ configure: (file) => ({ ...file, upstream: { liveperson: withoutCaching } }) })
})
afterEach(() => stack.close())

async function read(id = client) {
  const response = stack.ask<Answer>(`{ livePersonAccount(id: "${id}") { source { status error { code message } } } }`)
  const { data } = await whileTimePasses(stack.clock, response)
  return data.livePersonAccount.source
}

const ok = { status: 'OK', error: null }
const rejected = { status: 'FAILED', error: { code: 'UPSTREAM_UNAUTHENTICATED' } }
const tokenCalls = () => stack.callsTo('/app/token')
const listings = () => stack.callsTo('/mtls/').map(({ status }) => status)
const account = () => findOnly(stack.liveperson.state.accounts, ({ id }) => id === client)
const rejectListings = (times: number) =>
  stack.liveperson.emulator.fault({ match: ({ path }) => path.startsWith('/mtls/'), times, effect: { status: 401 } })

describe('a configured token', () => {
  it('is sent unchanged, and no other token is requested', async () => {
    expect(await read(bearer)).toEqual(ok)
    const [token] = findOnly(stack.liveperson.state.accounts, ({ id }) => id === bearer).tokens
    expect(stack.callsTo('/mtls/').map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token?.value}`])
    expect(tokenCalls()).toEqual([])
  })

  it('is not sent again after it is rejected', async () => {
    rejectListings(1)
    expect(await read(bearer)).toMatchObject(rejected)
    expect(listings()).toEqual([401])
  })
})

describe('client credentials', () => {
  it('are exchanged for a token in a form body, and are sent nowhere else', async () => {
    expect(await read()).toEqual(ok)
    const [call] = tokenCalls()
    expect(call).toMatchObject({
      method: 'POST',
      target: `/sentinel/api/v2/account/${client}/app/token`,
      headers: expect.objectContaining({ 'content-type': 'application/x-www-form-urlencoded' }),
    })
    expect(call?.headers.authorization).toBeUndefined()
    expect(Object.fromEntries(new URLSearchParams(call?.body))).toEqual({
      client_id: account().client?.clientId,
      client_secret: account().client?.clientSecret,
      grant_type: 'client_credentials',
    })
    expect(stack.callsTo('/mtls/')[0]?.headers.authorization).toBe(`Bearer ${account().tokens[0]?.value}`)
  })

  it.each([true, false])(
    'give a token that is used until a minute before its expiry (expires_in: %s)',
    async (hasExpiresIn) => {
      stack.liveperson.state.expiresInStated = hasExpiresIn
      for (const seconds of [0, 1800, 1739]) {
        stack.clock.advance(seconds * 1000)
        await read()
      }
      expect(tokenCalls()).toHaveLength(1)
      stack.clock.advance(1000)
      await read()
      expect(tokenCalls()).toHaveLength(2)
      expect(listings()).toEqual([200, 200, 200, 200])
    },
  )

  it('give a token that is renewed before its expiry even if it is valid for seconds only', async () => {
    stack.liveperson.state.tokenLifetime = 10
    for (const seconds of [0, 4, 1, 5]) {
      stack.clock.advance(seconds * 1000)
      expect(await read()).toEqual(ok)
    }
    expect(tokenCalls()).toHaveLength(3)
  })

  it('give a token that is used until it is rejected when its lifetime is unknown', async () => {
    rewriteAnswers(stack.liveperson.emulator, '/app/token', (body: object) => ({ ...body, access_token: 'opaque' }))
    account().tokens.push({ value: 'opaque', expiresAt: null })
    for (const days of [0, 30, 300]) {
      stack.clock.advance(days * 86_400_000)
      expect(await read()).toEqual(ok)
    }
    expect(tokenCalls()).toHaveLength(1)
  })

  it.each(['not.a.token', 'a.bnVsbA.c', `a.${Buffer.from('{"exp":"soon"}').toString('base64url')}.c`])(
    'can give a token of any form: %s',
    async (access_token) => {
      rewriteAnswers(stack.liveperson.emulator, '/app/token', (body: object) => ({ ...body, access_token }))
      account().tokens.push({ value: access_token, expiresAt: null })
      expect(await read()).toEqual(ok)
    },
  )

  it('are used once for concurrent operations', async () => {
    await Promise.all(Array.from({ length: 20 }, () => read()))
    expect(tokenCalls()).toHaveLength(1)
  })
})

describe('a token that is rejected before its expiry', () => {
  it('is renewed once, and the reading succeeds', async () => {
    await read()
    account().tokens = []
    expect(await read()).toEqual(ok)
    expect(listings()).toEqual([200, 401, 200])
    expect(tokenCalls()).toHaveLength(2)
  })

  it('is not renewed twice in one reading', async () => {
    await read()
    rejectListings(2)
    expect(await read()).toMatchObject(rejected)
    expect(listings()).toEqual([200, 401, 401])
    expect(tokenCalls()).toHaveLength(2)
    stack.clock.advance(failureTtl)
    expect(await read()).toEqual(ok)
    expect(tokenCalls()).toHaveLength(2)
  })

  it.each([
    [403, 1],
    [500, 4],
  ])('is not renewed for status %d (calls: %d)', async (status, calls) => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.startsWith('/mtls/'), effect: { status } })
    expect(await read()).toMatchObject({ status: 'FAILED' })
    expect(listings()).toEqual(Array(calls).fill(status))
    expect(tokenCalls()).toHaveLength(1)
  })
})

describe('a token that several operations wait for', () => {
  it('is requested even if the first client disconnects during the domain lookup', async () => {
    stack.liveperson.emulator.latency = 300
    const leaving = new AbortController()
    const left = stack.ask(`{ livePersonCertificate(accountId: "${client}", id: "x") { id } }`, {}, leaving.signal)
    await until(() => stack.callsTo('/service/sentinel/').length === 1)
    const staying = stack.ask<Answer>(
      `{ livePersonAccount(id: "${client}") { source { status error { code message } } } }`,
    )
    await passTime(stack, 1)
    leaving.abort()
    await expect(left).rejects.toThrow('aborted')
    const { data } = await staying
    expect(data.livePersonAccount.source).toEqual(ok)
  })
})

describe('a failed token request', () => {
  it.each([
    ['a rejected request', { status: 401 }, 'UPSTREAM_UNAUTHENTICATED'],
    ['a response without a token', { status: 200, body: { token_type: 'Bearer' } }, 'UPSTREAM_MALFORMED_RESPONSE'],
    ['a response that is not JSON', { status: 200, body: '<html>' }, 'UPSTREAM_MALFORMED_RESPONSE'],
  ])('fails the source of the account, and is repeated later: %s', async (_, effect, code) => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.endsWith('/app/token'), times: 1, effect })
    expect(await read()).toMatchObject({ status: 'FAILED', error: { code } })
    expect(listings()).toEqual([])
    stack.clock.advance(failureTtl)
    expect(await read()).toEqual(ok)
  })
})
