import { afterEach, describe, expect, it } from '@jest/globals'
import { askAs, digestOf } from '../support/callers.ts'
import { type Stack, startStack } from '../support/stack.ts'

const key = 'cg_dashboard-0123456789'
const writer = 'cg_writer-0123456789'
const query = 'query Count { certificates { totalCount } }'

let stack: Stack
afterEach(() => stack.close())

const startGuarded = () =>
  startStack({
    configure: (file) => ({
      ...file,
      access: {
        apiKeys: [
          { name: 'dashboard', sha256: digestOf(key).toUpperCase() },
          { name: 'writer', sha256: digestOf(writer), scopes: ['certificates:read', 'certificates:write'] },
        ],
      },
    }),
  })

const vendorCalls = () => stack.callsTo('')

describe('with API keys', () => {
  it('a caller with a key has access and is named in the log', async () => {
    stack = await startGuarded()
    for (const each of [key, writer]) expect((await askAs(stack.url, each, query)).errors).toBeUndefined()
    expect(stack.log.filter(({ msg }) => msg === 'operation')).toMatchObject([
      { caller: 'dashboard', operationName: 'Count' },
      { caller: 'writer', operationName: 'Count' },
    ])
  })

  it('the scheme Bearer is case-insensitive', async () => {
    stack = await startGuarded()
    const send = (authorization: string) =>
      fetch(stack.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query: '{ __typename }' }),
      })
    expect((await send(`bearer  ${key}`)).status).toBe(200)
    for (const other of [`Basic ${key}`, key, `Bearer ${key} ${key}`, 'Bearer'])
      expect((await send(other)).status).toBe(401)
  })

  it.each([
    ['no key', null, 'Bearer'],
    ['a wrong key', 'cg_wrong-0123456789', 'Bearer error="invalid_token"'],
    ['the digest of a key', digestOf(key), 'Bearer error="invalid_token"'],
    ['the beginning of a key', key.slice(0, -1), 'Bearer error="invalid_token"'],
    ['a malformed token', 'a.b.c', 'Bearer error="invalid_token"'],
  ])(
    'with %s a request gets status 401, no vendor is called and the credential is not repeated',
    async (_what, credential, challenge) => {
      stack = await startGuarded()
      const answer = await askAs(stack.url, credential, query)
      expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
      expect(answer).not.toHaveProperty('data.certificates')
      expect(answer.headers.get('www-authenticate')).toBe(challenge)
      expect(vendorCalls()).toEqual([])
      if (credential !== null) expect(answer.text + JSON.stringify(stack.log)).not.toContain(credential)
      const [refused, line] = stack.log
      expect(refused).toMatchObject({ msg: 'authentication failed', address: '127.0.0.1', reason: expect.any(String) })
      expect(line).toMatchObject({ msg: 'operation', codes: ['UNAUTHENTICATED'] })
      expect(line).not.toHaveProperty('caller')
    },
  )

  it('a request is authenticated before its body is read', async () => {
    stack = await startGuarded()
    for (const text of ['{', '{ nothing }', ''])
      expect(await askAs(stack.url, null, text)).toMatchObject({
        status: 401,
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      })
    const get = await fetch(`${stack.url}?query={__typename}`)
    expect(get.status).toBe(401)
    const notJson = await fetch(stack.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect(notJson.status).toBe(401)
  })

  it('the probes need no key, and report the kind of access to a caller with one', async () => {
    stack = await startGuarded()
    const health = (headers = {}) => fetch(stack.url.replace('/graphql', '/health'), { headers })
    expect(await (await health()).json()).toEqual({ status: 'ok', mode: 'live', version: '0.0.0' })
    expect(await (await health({ authorization: `Bearer ${key}` })).json()).toMatchObject({ access: 'keys' })
    expect((await fetch(stack.url.replace('/graphql', '/ready'))).status).toBe(200)
  })
})

describe('with public access', () => {
  it('credentials are ignored, and the address is the name of the caller', async () => {
    stack = await startStack()
    expect((await askAs(stack.url, 'cg_whatever', query)).errors).toBeUndefined()
    expect(stack.log.filter(({ msg }) => msg === 'operation')).toMatchObject([{ caller: '127.0.0.1' }])
    expect(JSON.stringify(stack.log)).not.toContain('cg_whatever')
    const health = await fetch(stack.url.replace('/graphql', '/health'))
    expect(await health.json()).toMatchObject({ access: 'public' })
  })
})

describe('the cache headers of a response', () => {
  const get = (headers: Record<string, string> = {}, sent = '{__typename}') =>
    fetch(`${stack.url}?query=${encodeURIComponent(sent)}`, { headers: { 'x-graphql-yoga-csrf': '1', ...headers } })
  const post = (headers: Record<string, string> = {}) =>
    fetch(stack.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    })
  const told = ({ status, headers }: Response) => [status, headers.get('cache-control'), headers.get('vary')]

  it('forbid caching for identified callers, errors included', async () => {
    stack = await startGuarded()
    const authorization = `Bearer ${key}`
    for (const ask of [get, post]) {
      expect(told(await ask({ authorization }))).toEqual([200, 'private, no-store', 'Authorization'])
      expect(told(await ask())).toEqual([401, 'private, no-store', 'Authorization'])
    }
    const invalid = await get({ authorization, accept: 'application/graphql-response+json' }, '{ nothing }')
    expect(told(invalid)).toEqual([400, 'private, no-store', 'Authorization'])
  })

  it('are absent with public access', async () => {
    stack = await startStack({ configure: (file) => ({ ...file, access: 'public' }) })
    for (const ask of [get, post]) expect(told(await ask())).toEqual([200, null, null])
  })

  it('include the origin when CORS is configured', async () => {
    const origin = 'https://app.example.com'
    const access = { apiKeys: [{ name: 'dashboard', sha256: digestOf(key) }] }
    stack = await startStack({ configure: (file) => ({ ...file, access, server: { cors: { origins: [origin] } } }) })
    for (const headers of [{ origin }, { origin, authorization: `Bearer ${key}` }]) {
      const { headers: answered } = await get(headers)
      expect(answered.get('vary')?.split(', ').toSorted()).toEqual(['Authorization', 'Origin'])
      expect(answered.get('access-control-allow-origin')).toBe(origin)
    }
  })
})
