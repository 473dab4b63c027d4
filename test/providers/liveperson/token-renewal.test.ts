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
  // Every operation reads anew, so that each one needs a token.
  stack = await startStack({ configure: (file) => ({ ...file, upstream: { liveperson: withoutCaching } }) })
})
afterEach(() => stack.close())

async function read(id = client) {
  const asked = stack.ask<Answer>(`{ livePersonAccount(id: "${id}") { source { status error { code message } } } }`)
  const { data } = await whileTimePasses(stack.clock, asked)
  return data.livePersonAccount.source
}

const ok = { status: 'OK', error: null }
const refused = { status: 'FAILED', error: { code: 'UPSTREAM_UNAUTHENTICATED' } }
const tokenCalls = () => stack.callsTo('/app/token')
const listings = () => stack.callsTo('/mtls/').map(({ status }) => status)
const account = () => findOnly(stack.liveperson.state.accounts, ({ id }) => id === client)
const refuseListings = (times: number) =>
  stack.liveperson.emulator.fault({ match: ({ path }) => path.startsWith('/mtls/'), times, effect: { status: 401 } })

describe('a configured token', () => {
  it('is sent as it is, and no other is asked for', async () => {
    expect(await read(bearer)).toEqual(ok)
    const [token] = findOnly(stack.liveperson.state.accounts, ({ id }) => id === bearer).tokens
    expect(stack.callsTo('/mtls/').map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token?.value}`])
    expect(tokenCalls()).toEqual([])
  })

  it('that is refused is not tried again', async () => {
    refuseListings(1)
    expect(await read(bearer)).toMatchObject(refused)
    expect(listings()).toEqual([401])
  })
})

describe('client credentials', () => {
  it('are changed for a token, in a form and in no other place', async () => {
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
    'give a token that serves until a minute before its end, stated beside it: %s',
    async (stated) => {
      stack.liveperson.state.expiresInStated = stated
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

  it('give a token that is renewed in time also when it lasts but seconds', async () => {
    stack.liveperson.state.tokenLifetime = 10
    for (const seconds of [0, 4, 1, 5]) {
      stack.clock.advance(seconds * 1000)
      expect(await read()).toEqual(ok)
    }
    expect(tokenCalls()).toHaveLength(3)
  })

  it('give a token that serves until it is refused when nobody says how long it does', async () => {
    rewriteAnswers(stack.liveperson.emulator, '/app/token', (body: object) => ({ ...body, access_token: 'opaque' }))
    account().tokens.push({ value: 'opaque', expiresAt: null })
    for (const days of [0, 30, 300]) {
      stack.clock.advance(days * 86_400_000)
      expect(await read()).toEqual(ok)
    }
    expect(tokenCalls()).toHaveLength(1)
  })

  it.each(['not.a.token', 'a.bnVsbA.c', `a.${Buffer.from('{"exp":"soon"}').toString('base64url')}.c`])(
    'may give a token of any form: %s',
    async (access_token) => {
      rewriteAnswers(stack.liveperson.emulator, '/app/token', (body: object) => ({ ...body, access_token }))
      account().tokens.push({ value: access_token, expiresAt: null })
      expect(await read()).toEqual(ok)
    },
  )

  it('are used once for all who wait', async () => {
    await Promise.all(Array.from({ length: 20 }, () => read()))
    expect(tokenCalls()).toHaveLength(1)
  })
})

describe('a token that is refused before its end', () => {
  it('is renewed once, and the reading goes well', async () => {
    await read()
    account().tokens = []
    expect(await read()).toEqual(ok)
    expect(listings()).toEqual([200, 401, 200])
    expect(tokenCalls()).toHaveLength(2)
  })

  it('is not renewed twice: the second refusal stands, until the next reading', async () => {
    await read()
    refuseListings(2)
    expect(await read()).toMatchObject(refused)
    expect(listings()).toEqual([200, 401, 401])
    expect(tokenCalls()).toHaveLength(2)
    stack.clock.advance(failureTtl)
    expect(await read()).toEqual(ok)
    expect(tokenCalls()).toHaveLength(2)
  })

  it.each([
    [403, 1],
    [500, 4],
  ])('is not what %d says, calls made: %d', async (status, calls) => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.startsWith('/mtls/'), effect: { status } })
    expect(await read()).toMatchObject({ status: 'FAILED' })
    expect(listings()).toEqual(Array(calls).fill(status))
    expect(tokenCalls()).toHaveLength(1)
  })
})

describe('a token that several wait for', () => {
  it('is theirs also when the one who came first leaves while its host is looked up', async () => {
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

describe('a token that is not given', () => {
  it.each([
    ['refused', { status: 401 }, 'UPSTREAM_UNAUTHENTICATED'],
    ['not there', { status: 200, body: { token_type: 'Bearer' } }, 'UPSTREAM_MALFORMED_RESPONSE'],
    ['no JSON', { status: 200, body: '<html>' }, 'UPSTREAM_MALFORMED_RESPONSE'],
  ])('makes the account fail, and is asked for again the next time: %s', async (_, effect, code) => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.endsWith('/app/token'), times: 1, effect })
    expect(await read()).toMatchObject({ status: 'FAILED', error: { code } })
    expect(listings()).toEqual([])
    stack.clock.advance(failureTtl)
    expect(await read()).toEqual(ok)
  })
})
