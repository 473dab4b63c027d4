import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../src/sandbox/call.ts'
import type { Fault } from '../../src/sandbox/fault.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { sourceFields, withoutCaching } from '../support/vendor-outage.ts'

/** A form encodes these characters. */
const clientSecret = 'p+q/r==&"s%t~'

let stack: Stack

beforeEach(async () => {
  stack = await startStack({
    limits: false,
    configure: ({ liveperson, ...file }) => ({
      ...file,
      liveperson: {
        ...liveperson,
        accounts: liveperson.accounts.map(({ credentials, ...account }) =>
          credentials ? { ...account, credentials: { ...credentials, clientSecret } } : account,
        ),
      },
      upstream: { ...withoutCaching, discoveryTtl: '0s' },
      limits: { cost: 1_000_000 },
    }),
  })
  for (const account of stack.liveperson.state.accounts) {
    if (account.client) account.client = { ...account.client, clientSecret }
  }
})
afterEach(() => stack.close())

const everything = `{
  certificates(first: 100) {
    nodes {
      __typename id provider name active subject issuer serialNumber parseIssues place { id name }
      ... on OpenAICertificate { pem projects(first: 100) { edges { active node { id name } } } }
      ... on AkamaiCertificate { contract { contractId } enrollment { enrollmentId } deployments { dnsNames } }
      ... on LivePersonCertificate { displayName vendorStatus }
    }
    pageInfo { endCursor } complete sources { ${sourceFields} }
  }
  filtered: certificates(filter: { issuerContains: "x" }) { nodes { parseIssues } }
  certificatePlaces(first: 100) {
    nodes {
      __typename id name source { ${sourceFields} }
      ... on OpenAIOrganization { certificates { totalCount } projects { totalCount } }
      ... on AkamaiAccount { accountId contracts { totalCount } }
      ... on AkamaiContract { certificates { totalCount } enrollments { totalCount } }
      ... on LivePersonAccount { certificates { totalCount } }
    }
    sources { ${sourceFields} }
  }
}`

/** The configured secrets and the issued tokens, each also as a form encodes it. */
function secrets(): readonly string[] {
  const handedOut = stack.liveperson.state.accounts.flatMap(({ tokens }) => tokens.map(({ value }) => value))
  const all = [...stack.config.secrets, ...handedOut]
  return [
    ...all,
    ...all.map((secret) => encodeURIComponent(secret)),
    ...all.map((secret) => String(new URLSearchParams({ secret })).slice(7)),
  ]
}

/** Everything that left the program. */
function expectNoSecretIn(...outputs: readonly unknown[]): void {
  expect(stack.config.secrets).toContain(clientSecret)
  const text = JSON.stringify(outputs)
  // Inside JSON a quotation mark is escaped.
  for (const secret of secrets()) expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
}

/** Quotes each request in the error format of its vendor, or in a body that is not JSON. */
function quoting(status: number, match: (call: Call) => boolean = () => true, readable = true): Fault {
  let quoted = ''
  return {
    match(call) {
      quoted = `${call.headers.authorization ?? ''} ${call.body}`
      return match(call)
    },
    get effect() {
      const message = `You sent ${quoted}`
      const body = readable ? { error: { message }, title: message, detail: message, message } : `{"${message}`
      return { status, headers: { 'x-request-id': quoted }, body }
    },
  }
}

/** Queries everything, and lets the time for retries pass. */
const ask = (longest?: number) => whileTimePasses(stack.clock, stack.ask(everything), longest)

const emulators = () => stack.emulators

describe('no secret leaves the program', () => {
  it('when the vendors respond as documented', async () => {
    const answer = await ask()
    expect(answer.errors).toBeUndefined()
    expectNoSecretIn(answer, stack.log)
  })

  it.each([400, 401, 403, 404, 409, 429, 500, 302, 200])(
    'when every vendor quotes what it was sent, with status %i',
    async (status) => {
      for (const emulator of emulators()) emulator.fault(quoting(status))
      // After a 429, an operation waits until its deadline.
      const answer = await (status === 429 ? ask(25_000) : ask())
      expect(answer.errors?.length).toBeGreaterThan(0)
      expectNoSecretIn(answer, stack.log)
      if (status !== 200) expect(JSON.stringify(answer)).toContain('You sent Bearer [redacted]')
      // The Domain API of LivePerson gets no secret.
      for (const { headers, target } of stack.callsTo('baseURI.json'))
        expect([target, headers.authorization]).toEqual([target, undefined])
    },
  )

  it.each([
    ['the token service', '/app/token'],
    ['the certificates of an account', '/mtls/account/'],
    ['a PEM', 'include'],
    ['a project', '/certificates?'],
    ['a contract', '/cps/'],
  ])('when only the endpoint for %s quotes it', async (_, text) => {
    for (const emulator of emulators()) emulator.fault(quoting(401, ({ target }) => target.includes(text)))
    const answer = await ask()
    expect(JSON.stringify(answer)).toContain('[redacted]')
    expectNoSecretIn(answer, stack.log)
  })

  it('when no response of the vendors can be parsed', async () => {
    for (const emulator of emulators()) emulator.fault(quoting(200, () => true, false))
    const answer = await ask()
    expect(JSON.stringify(answer)).toContain('UPSTREAM_MALFORMED_RESPONSE')
    expectNoSecretIn(answer, stack.log)
  })
})
