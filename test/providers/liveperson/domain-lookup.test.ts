import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Emulator, startEmulator } from '../../../src/sandbox/emulator.ts'
import { failureTtl } from '../../support/passing-time.ts'
import { rewriteAnswers } from '../../support/rewriting.ts'
import { type SandboxFile, type Stack, startStack } from '../../support/stack.ts'

interface Answer {
  certificates: {
    totalCount: number
    complete: boolean
    sources: { status: string; error: { code: string; message: string; httpStatus: number | null } | null }[]
  } | null
}

const query = `{ certificates(filter: { providers: [LIVEPERSON] }) {
  totalCount complete sources { status error { code message httpStatus } }
} }`

const [bearer, client] = ['le4830275', '52710934']
/** Expired readings are renewed before they are used, not in the background. */
const withTtl = (ttl: string) => (file: SandboxFile) => ({
  ...file,
  upstream: { liveperson: { ttl, staleWhileRevalidate: '0s' } },
})

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ configure: withTtl('60s') })
})
afterEach(() => stack.close())

async function read() {
  const { data, errors } = await stack.ask<Answer>(query)
  expect(errors).toBeUndefined()
  return data.certificates
}

const lookups = () => stack.callsTo('/baseURI.json')

describe('the hosts of an account', () => {
  it('are looked up without credentials, and only for the services that are used', async () => {
    expect(await read()).toMatchObject({ complete: true })
    expect(
      lookups()
        .map(({ target }) => target)
        .toSorted(),
    ).toEqual([
      `/api/account/${client}/service/mtlsGateway/baseURI.json?version=1.0`,
      `/api/account/${client}/service/sentinel/baseURI.json?version=1.0`,
      `/api/account/${bearer}/service/mtlsGateway/baseURI.json?version=1.0`,
    ])
    for (const { headers } of lookups()) expect(headers.authorization).toBeUndefined()
  })

  it('are looked up once in five minutes, even if the account is read more often', async () => {
    for (let minute = 0; minute < 5; minute++) {
      await read()
      stack.clock.advance(60_000)
    }
    expect(stack.callsTo('/mtls/')).toHaveLength(10)
    expect(lookups()).toHaveLength(3)
    await read()
    expect(lookups().filter(({ path }) => path.includes('mtlsGateway'))).toHaveLength(4)
  })

  it('are read from a list of all services', async () => {
    stack.liveperson.state.domainShape = 'list'
    expect(await read()).toMatchObject({ complete: true })
  })

  it('are not looked up when baseUrl is configured, except for the token service', async () => {
    await stack.close()
    stack = await startStack({
      configure: (file) => ({
        ...file,
        liveperson: {
          ...file.liveperson,
          accounts: file.liveperson.accounts.map((account) => ({ ...account, baseUrl: file.liveperson.domainApiUrl })),
        },
      }),
    })
    expect(await read()).toMatchObject({ complete: true })
    expect(lookups().map(({ path }) => path)).toEqual([`/api/account/${client}/service/sentinel/baseURI.json`])
  })

  it('cause a failed source when the lookup fails, and are looked up again later', async () => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.includes(bearer), times: 1, effect: { status: 403 } })
    expect(await read()).toMatchObject({
      complete: false,
      sources: [{ status: 'FAILED', error: { httpStatus: 403 } }, {}],
    })
    stack.clock.advance(failureTtl)
    expect(await read()).toMatchObject({ complete: true })
  })

  it('cause no token request when the lookup is rejected', async () => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.includes('mtlsGateway'), effect: { status: 401 } })
    const codes = (await read())?.sources.map(({ error }) => error?.code)
    expect(codes).toEqual(['UPSTREAM_UNAUTHENTICATED', 'UPSTREAM_UNAUTHENTICATED'])
    expect(stack.callsTo('/app/token')).toHaveLength(1)
  })
})

describe('a looked-up host that is not LivePerson’s', () => {
  let other: Emulator
  beforeEach(async () => {
    other = await startEmulator(() => ({ status: 200, body: [] }))
  })
  afterEach(() => other.close())

  it.each<[string, (address: string) => unknown]>([
    ['another domain', () => 'evil.example'],
    ['liveperson.net before another domain', () => 'liveperson.net.evil.example'],
    ['a path', (address) => `${address}/.liveperson.net`],
    ['a fragment', (address) => `${address}#.liveperson.net`],
    ['a query', (address) => `${address}?.liveperson.net`],
    ['a user', (address) => `a.liveperson.net@${address}`],
    ['a scheme', (address) => `http://${address}`],
    ['a port', () => 'a.liveperson.net:8443'],
    ['an invalid port', () => '127.0.0.1:99999'],
    ['an empty string', () => ''],
    ['null', () => null],
  ])('receives neither a token nor a secret: %s', async (_, toBaseUri) => {
    rewriteAnswers(stack.liveperson.emulator, '/baseURI.json', (body: object) => ({
      ...body,
      baseURI: toBaseUri(other.url.replace('http://', '')),
    }))
    const failure = { status: 'FAILED', error: { code: 'UPSTREAM_MALFORMED_RESPONSE' } }
    expect(await read()).toMatchObject({ totalCount: 0, complete: false, sources: [failure, failure] })
    expect(other.calls).toEqual([])
    expect(stack.callsTo('/mtls/')).toEqual([])
    expect(stack.callsTo('/app/token')).toEqual([])
  })

  it('receives no token even if the host of the token service is valid', async () => {
    rewriteAnswers(stack.liveperson.emulator, '/mtlsGateway/baseURI.json', (body: object) => ({
      ...body,
      baseURI: 'evil.example',
    }))
    expect(await read()).toMatchObject({ totalCount: 0, complete: false })
    expect(stack.callsTo('/app/token')).toHaveLength(1)
    expect(stack.callsTo('/mtls/')).toEqual([])
  })
})
