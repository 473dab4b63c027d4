import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { askAs, digestOf } from '../support/callers.ts'
import { sendRequest } from '../support/http-client.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { createSigningKey, type Issuer, startIssuer } from '../support/token-issuer.ts'

const key = 'cg_dashboard-0123456789'
const hidden = 'cg_another-one-0123456789'
const query = '{ openAIOrganization(id: "org_bluequay") { certificates(first: 2) { nodes { name } } } }'
const origins = ['https://app.example.com', 'https://other.example.com']

let issuer: Issuer
let stack: Stack
beforeAll(async () => {
  issuer = await startIssuer('https://id.example', () => stack.clock.now())
  const access = {
    apiKeys: [
      { name: 'dashboard', sha256: digestOf(key), scopes: ['certificates:read'] },
      { name: 'limited', sha256: digestOf(hidden), scopes: ['certificates:read'], places: ['52710934'] },
    ],
    jwt: [issuer.config],
  }
  stack = await startStack({
    limits: false,
    configure: (file) => ({ ...file, access, server: { cors: { origins } } }),
  })
})
afterAll(async () => {
  await stack.close()
  await issuer.close()
})

const isStored = () => stack.log.filter(({ msg }) => msg === 'operation').at(-1)?.['stored'] === true

async function ask(credential: string | null) {
  const before = stack.log.length
  const { status, data, errors } = await askAs(stack.url, credential, query)
  const stored = stack.log.length > before && isStored()
  return { status, stored, hasData: Boolean(data), codes: errors?.map(({ extensions }) => extensions) ?? [] }
}

/** Asks until the answer is a stored one. */
async function settle(credential: string): Promise<void> {
  for (let count = 0; count < 5; count += 1) if ((await ask(credential)).stored) return
  throw new Error('no answer was stored')
}

const nothing = { status: 401, stored: false, hasData: false, codes: [{ code: 'UNAUTHENTICATED' }] }

describe('no stored answer is given', () => {
  it('to a token that has expired', async () => {
    // The clocks may differ by five seconds.
    const token = await issuer.sign({ exp: Math.floor(stack.clock.now() / 1000) + 10 })
    stack.clock.advance(14_500)
    await settle(token)
    stack.clock.advance(499)
    expect(await ask(token)).toMatchObject({ status: 200, stored: true })
    stack.clock.advance(501)
    expect(await ask(token)).toMatchObject(nothing)
    expect(await ask(await issuer.sign())).toMatchObject({ status: 200 })
  })

  it('to a token whose key the issuer does not publish any more', async () => {
    const token = await issuer.sign()
    await settle(token)
    const next = await createSigningKey('second')
    issuer.publish(next)
    // The keys are fetched again with a token that names an unknown one, at most every 30 seconds.
    stack.clock.advance(31_000)
    const other = await issuer.sign()
    await settle(other)
    expect(await ask(token)).toMatchObject(nothing)
    expect(await ask(other)).toMatchObject({ status: 200, stored: true })
  })

  it.each([
    ['an unknown key', 'cg_dashboard-0123456780'],
    ['a token of another issuer key', 'forged'],
    ['no credential', null],
  ])('to %s', async (_what, credential) => {
    await settle(key)
    const forged = credential === 'forged' ? await issuer.sign({}, await createSigningKey('first')) : credential
    expect(await ask(forged)).toMatchObject(nothing)
  })

  it('to a caller who may not see the place', async () => {
    await settle(key)
    expect(await ask(hidden)).toMatchObject({ status: 200, stored: false, codes: [{ code: 'NOT_CONFIGURED' }] })
  })
})

describe('a stored answer has the headers', () => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json' }
  const send = (more: Record<string, string>) =>
    sendRequest(stack.url, { method: 'POST', headers: { ...headers, ...more } }, JSON.stringify({ query }))

  it('of CORS for its own origin', async () => {
    for (const round of [1, 2]) {
      for (const origin of [...origins, 'https://evil.example']) {
        const { headers: sent } = await send({ origin })
        const allowed = origins.includes(origin) ? origin : undefined
        expect([round, sent['access-control-allow-origin']]).toEqual([round, allowed])
      }
      expect((await send({})).headers['access-control-allow-origin']).toBeUndefined()
      expect(isStored()).toBe(round === 2)
    }
  })

  it('that keep caches from storing it, once', async () => {
    await settle(key)
    const { headers: sent } = await send({})
    expect(isStored()).toBe(true)
    expect(sent).toMatchObject({ 'cache-control': 'private, no-store', 'x-request-id': expect.any(String) })
    expect(sent.vary?.match(/Authorization/g)).toHaveLength(1)
  })
})

describe('a stored answer is found', () => {
  const authorization = `Bearer ${key}`
  const content = { authorization, 'content-type': 'application/json' }
  const post = async (body: unknown) => {
    const { status, body: text } = await sendRequest(
      stack.url,
      { method: 'POST', headers: content },
      JSON.stringify(body),
    )
    return { status, stored: isStored(), text }
  }
  const sha256Hash = createHash('sha256').update(`${query} #`).digest('hex')
  const extensions = { persistedQuery: { version: 1, sha256Hash } }

  it('by the hash of an automatic persisted query, once it is known', async () => {
    const unknown = await post({ extensions })
    expect(unknown.text).toContain('PersistedQueryNotFound')
    expect((await post({ extensions })).text).toContain('PersistedQueryNotFound')
    const { text } = await post({ query: `${query} #`, extensions })
    await post({ extensions })
    expect(await post({ extensions })).toEqual({ status: 200, stored: true, text })
    expect((await post({ query: `${query} # other`, extensions })).text).toContain('does not match')
  })

  it('by GET, and not by HEAD', async () => {
    const url = `${stack.url}?query=${encodeURIComponent(`${query} # get`)}`
    const get = (method: string) => sendRequest(url, { method, headers: { ...content, 'x-graphql-yoga-csrf': '1' } })
    const first = await get('GET')
    const before = stack.log.filter(({ stored }) => stored).length
    expect(await get('GET')).toMatchObject({ status: 200, body: first.body })
    expect(stack.log.filter(({ stored }) => stored)).toHaveLength(before + 1)
    expect(await get('HEAD')).toMatchObject({ status: 405, body: '' })
    expect(stack.log.filter(({ stored }) => stored)).toHaveLength(before + 1)
  })
})
