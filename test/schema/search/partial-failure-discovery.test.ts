import { afterEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../../src/sandbox/call.ts'
import type { Effect } from '../../../src/sandbox/fault.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import {
  type ListAnswer,
  listFields,
  type SourceAnswer,
  sourceFields,
  startStackWithSixPlaces,
  withoutCaching,
} from '../../support/vendor-outage.ts'

let stack: Stack
afterEach(() => stack.close())

const calling = (text: string) => (call: Call) => call.target.includes(text)
const failedOf = ({ sources }: Pick<ListAnswer, 'sources'>) => sources.filter(({ status }) => status === 'FAILED')
const list = `certificates(first: 100) { ${listFields} }`
const unavailable: Effect = { status: 503 }
/** The deadline is shorter than the vendor's Retry-After, and long enough to repeat a call. */
const brief = { ...withoutCaching, deadline: '15s' }

/** Runs a query while time passes, so that calls can be repeated. */
const ask = <Data>(query: string) => whileTimePasses(stack.clock, stack.ask<Data>(query))

describe('an Akamai account whose contracts cannot be listed', () => {
  it.each<[string, Effect, object]>([
    ['503', unavailable, { code: 'UPSTREAM_UNAVAILABLE', httpStatus: 503 }],
    ['403', { status: 403 }, { code: 'UPSTREAM_FORBIDDEN', httpStatus: 403 }],
    ['a broken connection', 'reset', { code: 'UPSTREAM_UNAVAILABLE', httpStatus: null }],
    ['an empty object', { status: 200, body: {} }, { code: 'UPSTREAM_MALFORMED_RESPONSE', httpStatus: 200 }],
    [
      'an exhausted quota with the time to wait in the message only',
      { status: 429, body: { title: 'Too Many Requests', detail: 'Quota is used up. Retry after: 21 seconds.' } },
      { code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429, retryAfterSeconds: 21 },
    ],
  ])('because of %s is a failed discovery, and the rows of other vendors are returned', async (_, effect, error) => {
    stack = await startStackWithSixPlaces(brief)
    stack.akamai.emulator.fault({ match: calling('/contract-api/'), effect })
    const { data, errors } = await ask<{ certificates: ListAnswer }>(`{ ${list} }`)
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ totalCount: 12, complete: false })
    expect(failedOf(data.certificates)).toMatchObject([
      { kind: 'DISCOVERY', place: { provider: 'AKAMAI' }, certificateCount: null, error },
    ])
    expect(stack.callsTo('/cps/')).toEqual([])
  })

  it('has null contracts with one error, and an error for a single contract', async () => {
    stack = await startStackWithSixPlaces()
    stack.akamai.emulator.fault({ match: calling('/contract-api/'), effect: unavailable })
    const { data, errors } = await ask<{
      certificatePlaces: ListAnswer & { nodes: { id: string; contracts?: null; source?: SourceAnswer }[] }
      contract: null
    }>(`{
      certificatePlaces(providers: [AKAMAI]) {
        nodes { id ... on AkamaiAccount { contracts { totalCount } source { ${sourceFields} } } } complete sources { ${sourceFields} }
      }
      contract: akamaiContract(id: "C-0S0") { id }
    }`)
    const { nodes, complete, sources } = data.certificatePlaces
    const place = nodes[0]?.id
    const extensions = { code: 'UPSTREAM_UNAVAILABLE', provider: 'AKAMAI', place, httpStatus: 503 }
    expect(nodes).toMatchObject([{ contracts: null, source: { kind: 'DISCOVERY', status: 'FAILED' } }])
    expect(complete).toBe(false)
    expect(sources).toEqual([nodes[0]?.source])
    expect(data.contract).toBeNull()
    expect(errors).toHaveLength(2)
    expect(errors).toContainEqual(
      expect.objectContaining({ path: ['contract'], extensions: expect.objectContaining(extensions) }),
    )
    expect(errors).toContainEqual(
      expect.objectContaining({
        path: ['certificatePlaces', 'nodes', 0, 'contracts'],
        extensions: expect.objectContaining(extensions),
      }),
    )
    // One reading for all of them, repeated three times.
    expect(stack.callsTo('/contract-api/')).toHaveLength(4)
  })

  it('does not affect the contracts of other accounts', async () => {
    stack = await startStack({ limits: false, scale: { akamai: { accounts: 2, contractsPerAccount: 2 } } })
    const [first] = stack.akamai.state.accounts
    stack.akamai.emulator.fault({
      match: ({ target, headers }) =>
        target.includes('/contract-api/') && headers.authorization?.includes(String(first?.clientToken)) === true,
      effect: unavailable,
    })
    const { data } = await ask<{ certificates: ListAnswer; contract: { id: string } }>(
      `{ certificates(first: 100, filter: { providers: [AKAMAI] }) { ${listFields} } contract: akamaiContract(id: "C-1S0") { id } }`,
    )
    expect(data.certificates).toMatchObject({ totalCount: 20, complete: false })
    expect(data.certificates.sources.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'CERTIFICATES OK',
      'CERTIFICATES OK',
      'DISCOVERY FAILED',
      'DISCOVERY OK',
    ])
    expect(data.contract).not.toBeNull()
  })
})

describe('an OpenAI organization whose projects cannot be listed', () => {
  it('keeps its certificates, and only fields that need projects fail', async () => {
    stack = await startStackWithSixPlaces()
    const [{ id: organization = '', projects = [] } = {}] = stack.openai.state.organizations
    stack.openai.emulator.fault({ match: calling('/organization/projects'), effect: unavailable })
    const { data, errors } = await ask<{ certificates: ListAnswer; organization: object; project: null }>(`{
      ${list}
      organization: openAIOrganization(id: "${organization}") { certificates { totalCount } projects { totalCount } }
      project: openAIProject(id: "${projects[0]?.id}", organizationId: "${organization}") { id }
    }`)
    expect(data.certificates).toMatchObject({ totalCount: 18, complete: true })
    expect(data.organization).toEqual({ certificates: { totalCount: 3 }, projects: null })
    expect(data.project).toBeNull()
    expect(errors?.map(({ path, extensions: { code } }) => [path?.join('.'), code]).sort()).toEqual([
      ['organization.projects', 'UPSTREAM_UNAVAILABLE'],
      ['project', 'UPSTREAM_UNAVAILABLE'],
    ])
  })
})

describe('a LivePerson account', () => {
  it.each<[string, string, Effect, string]>([
    ['host lookup fails', 'le7000000/service/mtlsGateway', { status: 400 }, 'UPSTREAM_INVALID_REQUEST'],
    [
      'host lookup returns no host',
      'le7000000/service/mtlsGateway',
      { status: 200, body: {} },
      'UPSTREAM_MALFORMED_RESPONSE',
    ],
    ['host lookup loses its connection', 'le7000000/service/mtlsGateway', 'reset', 'UPSTREAM_UNAVAILABLE'],
  ])('does not affect other places when its %s', async (_, target, effect, code) => {
    stack = await startStackWithSixPlaces()
    stack.liveperson.emulator.fault({ match: calling(target), effect })
    const { data, errors } = await ask<{ certificates: ListAnswer }>(`{ ${list} }`)
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ totalCount: 15, complete: false })
    expect(failedOf(data.certificates)).toMatchObject([
      { kind: 'CERTIFICATES', place: { provider: 'LIVEPERSON' }, error: { code } },
    ])
  })

  it.each<[string, string, Effect, string]>([
    ['credentials are rejected', '/app/token', { status: 401 }, 'UPSTREAM_UNAUTHENTICATED'],
    ['token response has no token', '/app/token', { status: 200, body: {} }, 'UPSTREAM_MALFORMED_RESPONSE'],
    ['token service lookup fails', '/service/sentinel', { status: 500 }, 'UPSTREAM_UNAVAILABLE'],
  ])('does not affect other places when its %s', async (_, target, effect, code) => {
    stack = await startStack({ limits: false })
    stack.liveperson.emulator.fault({ match: calling(target), effect })
    const { data } = await ask<{ certificates: ListAnswer }>(
      `{ certificates(first: 100, filter: { providers: [LIVEPERSON] }) { ${listFields} } }`,
    )
    expect(data.certificates.complete).toBe(false)
    expect(failedOf(data.certificates)).toMatchObject([{ kind: 'CERTIFICATES', error: { code } }])
    expect(data.certificates.nodes.length).toBeGreaterThan(0)
  })

  it('keeps its token when the host lookup is rejected', async () => {
    stack = await startStack({ limits: false })
    stack.liveperson.emulator.fault({ match: calling('52710934/service/mtlsGateway'), effect: { status: 401 } })
    await ask(`{ livePersonAccount(id: "52710934") { source { status } } }`)
    expect(stack.callsTo('/service/mtlsGateway')).toHaveLength(1)
    expect(stack.callsTo('/app/token')).toHaveLength(1)
  })
})
