import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { askAs } from '../support/callers.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { createSigningKey, type Issuer, startIssuer } from '../support/token-issuer.ts'
import { until } from '../support/until.ts'

let stack: Stack
let issuer: Issuer

beforeEach(async () => {
  issuer = await startIssuer('https://id.example', () => stack.clock.now())
  stack = await startStack({ configure: (file) => ({ ...file, access: { jwt: [issuer.config] } }) })
})
afterEach(async () => {
  await stack.close()
  await issuer.close()
})

const statusOf = async (token: string) => (await askAs(stack.url, token, '{ __typename }')).status

describe('the keys of an issuer', () => {
  it('are fetched with the first token and used for ten minutes for all tokens', async () => {
    expect(issuer.calls).toBe(0)
    const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => issuer.sign({ sub })))
    expect(await Promise.all(tokens.map(statusOf))).toEqual([200, 200, 200])
    stack.clock.advance(600_000)
    expect(await statusOf(await issuer.sign())).toBe(200)
    expect(issuer.calls).toBe(1)
    stack.clock.advance(1)
    expect(await statusOf(await issuer.sign())).toBe(200)
    expect(issuer.calls).toBe(2)
  })

  it('are fetched again at once when a token names a new key', async () => {
    const old = issuer.pair
    await statusOf(await issuer.sign())
    stack.clock.advance(30_000)
    issuer.publish(await createSigningKey('second'), old)
    expect(await statusOf(await issuer.sign())).toBe(200)
    expect(await statusOf(await issuer.sign({}, old))).toBe(200)
    expect(issuer.calls).toBe(2)
  })

  it('are fetched at most once per 30 seconds for unknown keys, for any number of tokens', async () => {
    await statusOf(await issuer.sign())
    const stranger = await createSigningKey('stranger')
    const strange = await issuer.sign({}, stranger)
    for (let time = 0; time < 5; time += 1) expect(await statusOf(strange)).toBe(401)
    expect(issuer.calls).toBe(1)
    stack.clock.advance(30_000)
    expect(await Promise.all(Array.from({ length: 5 }, () => statusOf(strange)))).toEqual([401, 401, 401, 401, 401])
    expect(issuer.calls).toBe(2)
  })

  it('are no longer accepted after the issuer revoked them', async () => {
    const old = issuer.pair
    await statusOf(await issuer.sign())
    issuer.publish(await createSigningKey('second'))
    stack.clock.advance(600_001)
    expect(await statusOf(await issuer.sign({}, old))).toBe(401)
  })

  it('are accepted for an hour while the issuer is not reachable, and then no token is', async () => {
    await statusOf(await issuer.sign())
    issuer.answerWith((response) => response.writeHead(500).end())
    stack.clock.advance(3_600_000)
    expect(await statusOf(await issuer.sign())).toBe(200)
    stack.clock.advance(5_000)
    expect(await statusOf(await issuer.sign())).toBe(503)
    issuer.answerWith(null)
    stack.clock.advance(5_000)
    expect(await statusOf(await issuer.sign())).toBe(200)
  })
})

describe('keys that could not be fetched again', () => {
  it('are used at once while the issuer hangs: only the first token waits for it', async () => {
    await statusOf(await issuer.sign())
    issuer.answerWith(() => {})
    stack.clock.advance(600_001)
    expect(await whileTimePasses(stack.clock, statusOf(await issuer.sign()), 5_000)).toBe(200)
    for (let time = 1; time <= 5; time += 1) {
      stack.clock.advance(60_000)
      const before = stack.clock.now()
      expect(await statusOf(await issuer.sign())).toBe(200)
      expect(stack.clock.now()).toBe(before)
    }
    await until(() => issuer.calls > 2)
  })

  it('are refreshed in the background, and then revoked keys are not accepted', async () => {
    const old = issuer.pair
    await statusOf(await issuer.sign())
    issuer.answerWith((response) => response.writeHead(500).end())
    stack.clock.advance(600_001)
    expect(await statusOf(await issuer.sign())).toBe(200)
    issuer.publish(await createSigningKey('second'))
    issuer.answerWith(null)
    stack.clock.advance(5_000)
    expect(await statusOf(await issuer.sign({}, old))).toBe(200)
    await until(() => issuer.calls === 3)
    let status = 200
    while (status === 200) status = await statusOf(await issuer.sign({}, old))
    expect(status).toBe(401)
    expect(issuer.calls).toBe(3)
  })
})

describe('when the wall clock is set back', () => {
  const hour = 3_600_000

  it('keys are as old as before, and are not fetched again', async () => {
    await statusOf(await issuer.sign())
    stack.clock.adjustWallClock(-24 * hour)
    expect(await statusOf(await issuer.sign())).toBe(200)
    expect(issuer.calls).toBe(1)
  })

  it('keys that cannot be fetched again are accepted for as long as before', async () => {
    await statusOf(await issuer.sign())
    issuer.answerWith((response) => response.writeHead(500).end())
    stack.clock.adjustWallClock(-24 * hour)
    stack.clock.advance(hour)
    expect(await statusOf(await issuer.sign())).toBe(200)
    stack.clock.advance(5_001)
    expect(await statusOf(await issuer.sign())).toBe(503)
  })

  it('the pause after a failed fetch is as long as before', async () => {
    issuer.answerWith((response) => response.writeHead(500).end())
    expect(await statusOf(await issuer.sign())).toBe(503)
    issuer.answerWith(null)
    stack.clock.adjustWallClock(-24 * hour)
    expect(await statusOf(await issuer.sign())).toBe(503)
    stack.clock.advance(5_000)
    expect(await statusOf(await issuer.sign())).toBe(200)
  })
})

describe('while the keys of an issuer are not available', () => {
  it.each([
    ['it fails', (response) => response.writeHead(500).end('{"keys":[]}')],
    ['it sends elsewhere', (response) => response.writeHead(302, { location: '/jwks' }).end()],
    ['it answers what is no JSON', (response) => response.end('<html>')],
    ['it answers what are no keys', (response) => response.end('{"keys":{}}')],
    ['it answers far too much', (response) => response.end(JSON.stringify({ keys: [], pad: 'x'.repeat(1_000_001) }))],
    ['it hangs up', (response) => response.destroy()],
  ] satisfies readonly [string, NonNullable<Parameters<Issuer['answerWith']>[0]>][])(
    'its tokens get status 503 with Retry-After: %s',
    async (_what, respond) => {
      issuer.answerWith(respond)
      const answer = await askAs(stack.url, await issuer.sign(), '{ certificates { totalCount } }')
      expect(answer).toMatchObject({
        status: 503,
        errors: [{ extensions: { code: 'UNAUTHENTICATED', retryAfterSeconds: 5 } }],
      })
      expect(answer.headers.get('retry-after')).toBe('5')
      expect(stack.callsTo('')).toEqual([])
      expect(stack.log).toContainEqual(expect.objectContaining({ msg: 'the keys of an issuer cannot be fetched' }))
      // Further tokens cause no call to the issuer for a while.
      expect(await statusOf(await issuer.sign())).toBe(503)
      expect(issuer.calls).toBe(1)
      issuer.answerWith(null)
      stack.clock.advance(5_000)
      expect(await statusOf(await issuer.sign())).toBe(200)
    },
  )

  it('a request waits for at most five seconds', async () => {
    issuer.answerWith(() => {})
    const begun = stack.clock.now()
    expect(await whileTimePasses(stack.clock, statusOf(await issuer.sign()), 5_000)).toBe(503)
    expect(stack.clock.now() - begun).toBe(5_000)
  })

  it('a malformed key verifies no token and stops nothing', async () => {
    const { pair } = issuer
    issuer.publish({ ...pair, publicJwk: { kty: 'EC', crv: 'P-256', x: '', y: '!', kid: pair.kid, alg: pair.alg } })
    expect(await statusOf(await issuer.sign({}, pair))).toBe(401)
    expect((await fetch(stack.url.replace('/graphql', '/health'))).status).toBe(200)
  })
})
