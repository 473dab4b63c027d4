import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { firstOf } from '../../support/rewriting.ts'
import { startStackWithSecondAccount } from '../../support/second-account.ts'
import { type SandboxFile, type Stack, startStack } from '../../support/stack.ts'

const query = `{ certificates(filter: { providers: [AKAMAI] }) {
  totalCount complete sources { kind status error { code httpStatus } }
} }`

interface Answer {
  certificates: {
    totalCount: number
    complete: boolean
    sources: { kind: string; status: string; error: { code: string; httpStatus: number } | null }[]
  }
}

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

const signatures = () => stack.callsTo('/').flatMap(({ headers }) => headers.authorization ?? [])
const signaturePart = (name: string) =>
  signatures().map((header) => new RegExp(`[ ;]${name}=([^;]+)`).exec(header)?.[1])

describe('a call to Akamai', () => {
  it('has a valid signature with a nonce that differs in every call', async () => {
    const { data } = await stack.ask<Answer>(query)
    expect(data.certificates).toMatchObject({ complete: true })
    expect(stack.callsTo('/').map(({ status }) => status)).toEqual([200, 200, 200])
    expect(new Set(signaturePart('nonce')).size).toBe(3)
    expect(signaturePart('timestamp')).toEqual(Array(3).fill('20300101T00:00:00+0000'))
  })

  it('is signed with the time of the call', async () => {
    await stack.ask(query)
    stack.clock.advance(beyondEveryTtl)
    await stack.ask(query)
    expect(signaturePart('timestamp').slice(3)).toEqual(Array(3).fill('20300101T00:10:00+0000'))
    expect(new Set(signaturePart('nonce')).size).toBe(6)
    expect(stack.callsTo('/').map(({ status }) => status)).toEqual(Array(6).fill(200))
  })

  it('accepts one version of the media type', async () => {
    await stack.ask(query)
    expect(stack.callsTo('/cps/').map(({ headers }) => headers.accept)).toEqual(
      Array(2).fill('application/vnd.akamai.cps.active-certificates.v2+json'),
    )
    expect(stack.callsTo('/contract-api/').map(({ headers }) => headers.accept)).toEqual(['application/json'])
  })

  it('is rejected when it is replayed or altered', async () => {
    await stack.ask(query)
    const [one, other] = stack.callsTo('/cps/')
    const repeat = (target = '') =>
      fetch(stack.akamai.emulator.url + target, {
        headers: { accept: one?.headers.accept ?? '', authorization: one?.headers.authorization ?? '' },
      })
    expect((await repeat(one?.target)).status).toBe(401)
    expect((await repeat(other?.target)).status).toBe(401)
    expect((await repeat(`${one?.target}&accountSwitchKey=1-AB12`)).status).toBe(401)
  })

  it('contains neither the secret nor the signing key', async () => {
    await stack.ask(query)
    const { clientSecret } = firstOf(stack.akamai.state.accounts)
    for (const { headers, target } of stack.callsTo('/')) {
      expect(JSON.stringify(headers) + target).not.toContain(clientSecret)
    }
  })
})

it('a wrong secret fails its own account only', async () => {
  await stack.close()
  stack = await startStack({
    configure: (file: SandboxFile) => ({
      ...file,
      akamai: {
        accounts: file.akamai.accounts.map((account) => ({
          ...account,
          credentials: { ...account.credentials, clientSecret: 'guessed' },
        })),
      },
    }),
  })
  const { data, errors } = await stack.ask<Answer>(query.replace('[AKAMAI]', '[AKAMAI, LIVEPERSON]'))
  expect(errors).toBeUndefined()
  expect(data.certificates).toMatchObject({
    complete: false,
    sources: [
      { kind: 'DISCOVERY', status: 'FAILED', error: { code: 'UPSTREAM_UNAUTHENTICATED', httpStatus: 401 } },
      { kind: 'CERTIFICATES', status: 'OK' },
      { kind: 'CERTIFICATES', status: 'OK' },
    ],
  })
  expect(data.certificates.totalCount).toBeGreaterThan(0)
})

it('an account switch key is sent as it is signed, in every call of its account', async () => {
  await stack.close()
  const started = await startStackWithSecondAccount()
  stack = started.stack
  const { data } = await stack.ask<Answer>(query)
  expect(data.certificates.complete).toBe(true)
  const targets = stack.callsTo('accountSwitchKey').map(({ target, status }) => [target, status])
  expect(targets).toEqual([
    ['/contract-api/v1/contracts/identifiers?depth=ALL&accountSwitchKey=1-AB12%3A1-CD34', 200],
    ['/cps/v2/active-certificates?contractId=C-OWN&accountSwitchKey=1-AB12%3A1-CD34', 200],
  ])
})
