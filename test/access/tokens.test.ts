import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { exportSPKI, importJWK, type JWTPayload } from 'jose'
import { askAs, digestOf } from '../support/callers.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { createSigningKey, type Issuer, startIssuer } from '../support/token-issuer.ts'

const key = 'cg_dashboard-0123456789'
const query = '{ certificates { totalCount } }'
const content =
  '{ certificates(first: 1, filter: { providers: [OPENAI] }) { nodes { ... on OpenAICertificate { pem } } } }'

let stack: Stack
let people: Issuer
let gateway: Issuer

async function start(): Promise<void> {
  const now = () => stack.clock.now()
  people = await startIssuer('https://id.example', now)
  gateway = await startIssuer('gateway', now)
  stack = await startStack({
    configure: (file) => ({
      ...file,
      access: { jwt: [people.config, gateway.config], apiKeys: [{ name: 'dashboard', sha256: digestOf(key) }] },
    }),
  })
}

async function close(): Promise<void> {
  await stack.close()
  await Promise.all([people.close(), gateway.close()])
}

const asOf = (claims: JWTPayload) => people.sign(claims).then((token) => askAs(stack.url, token, query))
const namesInLog = () => stack.log.filter(({ msg }) => msg === 'operation').map(({ caller }) => caller)
const reasons = () => stack.log.filter(({ msg }) => msg === 'authentication failed').map(({ reason }) => reason)

/** Subjects that would look like another one in the log. */
const named = (sub: string) => [`of the subject ${encodeURIComponent(sub)}`, () => ({ sub })] as const

describe('a caller with a token', () => {
  beforeEach(start)
  afterEach(close)

  it('has access and is named by subject and issuer, also when API keys are configured', async () => {
    expect(await asOf({})).toMatchObject({ status: 200, data: { certificates: expect.anything() } })
    expect(await askAs(stack.url, key, query)).toMatchObject({ status: 200 })
    expect(await asOf({ sub: undefined as never })).toMatchObject({ status: 200 })
    expect(namesInLog()).toEqual(['alice (https://id.example)', 'dashboard', '(https://id.example)'])
    const health = await fetch(stack.url.replace('/graphql', '/health'), {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(await health.json()).toMatchObject({ access: 'keys, jwt' })
  })

  it('may have a subject in any script, with spaces', async () => {
    for (const sub of ['Ana María', '山田 太郎', 'auth0|5f7c', 'a@b.example']) {
      expect(await asOf({ sub })).toMatchObject({ status: 200 })
      expect(namesInLog().at(-1)).toBe(`${sub} (https://id.example)`)
    }
  })

  it('may be the caller of a gateway that is an issuer', async () => {
    const scope = ['certificates:read', 'certificates:content']
    const answer = await askAs(stack.url, await gateway.sign({ sub: 'alice', scope }), content)
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.text).toContain('BEGIN CERTIFICATE')
    expect(namesInLog()).toEqual(['alice (gateway)'])
    expect([people.calls, gateway.calls]).toEqual([0, 1])
    // Each issuer signs for its own callers only.
    expect(await askAs(stack.url, await gateway.sign({ iss: 'https://id.example' }), query)).toMatchObject({
      status: 401,
    })
  })

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('may have a token signed with %s', async (alg) => {
    people.publish(await createSigningKey('other', alg))
    expect(await asOf({})).toMatchObject({ status: 200 })
  })

  it('has access when the clocks differ by five seconds', async () => {
    const now = Math.floor(stack.clock.now() / 1000)
    expect(await asOf({ exp: now - 4, nbf: now + 4 })).toMatchObject({ status: 200 })
  })

  it('has access until the token expires', async () => {
    const token = await people.sign()
    stack.clock.advance(299_000)
    expect(await askAs(stack.url, token, query)).toMatchObject({ status: 200 })
    stack.clock.advance(7_000)
    expect(await askAs(stack.url, token, query)).toMatchObject({
      status: 401,
      errors: [{ message: 'The token has expired.' }],
    })
  })

  it('has the permissions of the scopes in the token, in either form', async () => {
    for (const scope of ['openid certificates:content', ['certificates:content'], '', undefined as never]) {
      expect(await asOf({ scope })).toMatchObject({
        status: 200,
        errors: [{ path: ['certificates'], extensions: { code: 'FORBIDDEN' } }],
      })
    }
    expect(stack.callsTo('')).toEqual([])
  })
})

describe('a caller with an invalid token', () => {
  beforeAll(start)
  afterAll(close)

  it.each([
    ['expired', (now: number) => ({ exp: now - 6 })],
    ['not yet good', (now: number) => ({ nbf: now + 6 })],
    ['without an end', () => ({ exp: undefined as never })],
    ['for another audience', () => ({ aud: 'other' })],
    ['for no audience', () => ({ aud: undefined as never })],
    ['of an unknown issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['of no issuer', () => ({ iss: undefined as never })],
    ['with scopes that are none', () => ({ scope: 7 as never })],
    ['with a list of scopes that are none', () => ({ scope: [7] as never })],
    ['with places that are no list', () => ({ places: 'org_acme' })],
    ['with places that are none', () => ({ places: [7] })],
    ['with a subject of a kilobyte', () => ({ sub: 's'.repeat(1000) })],
    ...[' alice', 'alice ', 'alice\u00a0', ' ', 'al\u0000ice', 'alice\nbob', 'al\u001b[2Jice', 'al\u0085ice'].map(
      named,
    ),
    ...['al\u202eice', '\u2066alice', 'alice\u200f', 'al\u200bice', '\ufeffalice', 'al\u2028ice', 'al\u2029ice'].map(
      named,
    ),
  ])('gets status 401: %s', async (_what, claims) => {
    const before = reasons().length
    const token = await people.sign(claims(Math.floor(stack.clock.now() / 1000)))
    const answer = await askAs(stack.url, token, query)
    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(stack.callsTo('')).toEqual([])
    for (const part of token.split('.')) expect(answer.text + JSON.stringify(stack.log)).not.toContain(part)
    expect(reasons().slice(before)).toEqual([expect.stringMatching(/^token: /)])
  })
})

describe('a forged token', () => {
  beforeEach(start)
  afterEach(close)

  const forge = (header: object, payload: object, sign: (input: string) => string) => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const input = `${encode(header)}.${encode(payload)}`
    return `${input}.${sign(input)}`
  }
  const claims = () => ({
    iss: 'https://id.example',
    aud: 'certgraph',
    sub: 'mallory',
    exp: Math.floor(stack.clock.now() / 1000) + 300,
    scope: 'certificates:read',
  })

  it('without a signature is rejected', async () => {
    for (const alg of ['none', 'None', 'NONE'])
      expect(
        await askAs(
          stack.url,
          forge({ alg }, claims(), () => ''),
          query,
        ),
      ).toMatchObject({ status: 401 })
  })

  it('signed with the public key as a shared secret is rejected', async () => {
    const pair = await createSigningKey('rsa', 'RS256')
    people.publish(pair)
    const spki = await exportSPKI((await importJWK(pair.publicJwk, 'RS256')) as CryptoKey)
    const hmac = (input: string) => createHmac('sha256', spki).update(input).digest('base64url')
    const token = forge({ alg: 'HS256', kid: 'rsa' }, claims(), hmac)
    expect(await askAs(stack.url, token, query)).toMatchObject({ status: 401 })
  })

  it('signed with another key under the id of a known one is rejected', async () => {
    const own = await createSigningKey('first')
    expect(await askAs(stack.url, await people.sign({}, own), query)).toMatchObject({ status: 401 })
  })

  it('with a changed claim is rejected', async () => {
    const [header, , signature] = (await people.sign()).split('.')
    const payload = Buffer.from(JSON.stringify(claims())).toString('base64url')
    expect(await askAs(stack.url, `${header}.${payload}.${signature}`, query)).toMatchObject({ status: 401 })
  })
})
