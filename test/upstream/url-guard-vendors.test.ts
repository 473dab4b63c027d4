import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { isObject } from '../../src/is-object.ts'
import { type Emulator, startEmulator } from '../../src/sandbox/emulator.ts'
import { type Stack, startStack } from '../support/stack.ts'
import {
  expireReadings,
  type ListAnswer,
  listFields,
  startStackWithSixPlaces,
  withoutCaching,
} from '../support/vendor-outage.ts'

let stack: Stack

const list = `certificates(first: 100) { ${listFields} }`
const emulators = () => stack.emulators

describe('a redirect', () => {
  let elsewhere: Emulator
  beforeEach(async () => {
    elsewhere = await startEmulator(() => ({ status: 200, body: { access_token: 'taken', data: [], enrollments: [] } }))
  })
  afterEach(async () => {
    await stack.close()
    await elsewhere.close()
  })

  it.each([301, 302, 303, 307, 308])(
    'of status %i is followed for no vendor: it is a malformed answer',
    async (status) => {
      stack = await startStack({ limits: false })
      for (const emulator of emulators())
        emulator.fault({ effect: { status, headers: { location: `${elsewhere.url}/v1` } } })
      const { data } = await stack.ask<{ certificates: ListAnswer }>(`{ ${list} }`)
      expect(data.certificates.sources.length).toBeGreaterThanOrEqual(4)
      for (const { status: outcome, error } of data.certificates.sources) {
        expect({ outcome, ...error }).toMatchObject({
          outcome: 'FAILED',
          code: 'UPSTREAM_MALFORMED_RESPONSE',
          httpStatus: status,
        })
      }
      expect(elsewhere.calls).toEqual([])
    },
  )

  it.each([
    ['the secret of a client', '/app/token', '/app/token'],
    ['a bearer token', '/mtls/account/', '/mtls/account/'],
    ['a host lookup', 'baseURI.json', 'baseURI.json'],
    ['the call for a PEM', 'include', 'include'],
    ['the next page', 'after=', 'organization/certificates'],
  ])('does not send %s to another host', async (_, struck, reached) => {
    stack = await startStack({ limits: false })
    const [organization] = stack.openai.state.organizations
    const [certificate] = organization?.certificates ?? []
    for (let more = 0; certificate && more < 100; more++) {
      organization?.certificates.push({
        ...certificate,
        id: `cert_more${more}`,
        createdAt: certificate.createdAt + more,
      })
    }
    for (const emulator of emulators()) {
      const match = ({ target }: { readonly target: string }) => target.includes(struck)
      emulator.fault({ match, effect: { status: 307, headers: { location: elsewhere.url } } })
    }
    const content = 'openAIOrganization(id: "org_bluequay") { certificates(first: 1) { nodes { pem } } }'
    await stack.ask(`{ ${list} ${content} }`)
    expect(stack.callsTo(reached).length).toBeGreaterThan(0)
    expect(elsewhere.calls).toEqual([])
  })
})

describe('an id from a vendor', () => {
  beforeAll(async () => {
    stack = await startStackWithSixPlaces({ ...withoutCaching, discoveryTtl: '0s' })
  })
  afterEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  /** Replaces the id of every row in OpenAI's lists. */
  const renaming = (id: string) => (body: unknown) => {
    const rows = isObject(body) && Array.isArray(body['data']) ? body['data'] : []
    return { ...Object(body), data: rows.slice(0, 1).map((row) => ({ ...Object(row), id })) }
  }

  it.each(['..', '../certificates', 'a/b', '%2e%2e', 'a?b', '.'])('enters no URL when it is %j', async (id) => {
    stack.openai.emulator.fault({
      match: ({ path }) => path === '/v1/organization/projects',
      effect: { patch: renaming(id) },
    })
    const query = `{ openAIOrganization(id: "org_scaled0") {
      certificates(first: 1) { nodes { projects { edges { active } } } }
      projects { nodes { projectId certificates { totalCount } } }
    } }`
    const { data, errors } = await stack.ask<object>(query)
    expect(data).toMatchObject({
      openAIOrganization: {
        certificates: { nodes: [{ projects: { edges: [{ active: null }] } }] },
        projects: { nodes: [{ projectId: id, certificates: null }] },
      },
    })
    expect(errors).toMatchObject([{ path: ['openAIOrganization', 'projects', 'nodes', 0, 'certificates'] }])
    expect(stack.openai.emulator.calls.map(({ path }) => path).sort()).toEqual([
      '/v1/organization/certificates',
      '/v1/organization/projects',
    ])
  })

  it('does not affect the other PEMs of its page', async () => {
    stack.openai.emulator.fault({
      match: ({ path }) => path === '/v1/organization/certificates',
      effect: {
        patch: (body) => {
          const { data, ...page } = Object(body)
          return { ...page, data: data.map((row: object, index: number) => (index === 1 ? { ...row, id: '..' } : row)) }
        },
      },
    })
    const { data, errors } = await stack.ask<{
      openAIOrganization: {
        certificates: { nodes: { certificateId: string; pem: string | null; issuer: string | null }[] }
      }
    }>('{ openAIOrganization(id: "org_scaled0") { certificates { nodes { certificateId pem issuer } } } }')
    const { nodes } = data.openAIOrganization.certificates
    expect(nodes).toHaveLength(3)
    for (const { certificateId, pem, issuer } of nodes) {
      expect([pem !== null, issuer !== null]).toEqual(Array(2).fill(certificateId !== '..'))
    }
    expect(errors).toHaveLength(2)
    expect(stack.callsTo('include')).toHaveLength(2)
  })

  it('of a contract enters no query either', async () => {
    stack.akamai.emulator.fault({
      match: ({ path }) => path.startsWith('/contract-api/'),
      effect: { patch: () => ['C-0S1', 'C-0S0&accountSwitchKey=1-2:3-4', '../C-0S0'] },
    })
    const { data } = await stack.ask<{ certificates: ListAnswer }>(`{ ${list} }`)
    expect(data.certificates).toMatchObject({ totalCount: 15, complete: false })
    expect(data.certificates.sources.filter(({ status }) => status === 'FAILED')).toHaveLength(2)
    expect(stack.callsTo('/cps/').map(({ target }) => target)).toEqual(['/cps/v2/active-certificates?contractId=C-0S1'])
  })
})
