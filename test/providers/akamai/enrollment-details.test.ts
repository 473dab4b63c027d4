import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { findOnly, firstOf, rewriteAnswers } from '../../support/rewriting.ts'
import { startStackWithSecondAccount, switchKey } from '../../support/second-account.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Enrollment {
  enrollmentId: string
  commonName: string | null
  registrationAuthority: string | null
  validationType: string | null
  autoRenewalStartTime: string | null
  networkConfiguration: Record<string, unknown> | null
}

interface Answer {
  akamaiContract: {
    enrollments: { nodes: Enrollment[] }
    certificates: { totalCount: number }
    source: { status: string; rateBudget: { limit: number } }
  }
}

interface Body {
  enrollments: Record<string, unknown>[]
}

const network = `geography secureNetwork sniOnly quicEnabled ocspStapling disallowedTlsVersions mustHaveCiphers
  preferredCiphers dnsNames cloneDnsNames clientMutualAuthentication { setId ocspEnabled sendCaListToClient }`
const deep = `registrationAuthority validationType autoRenewalStartTime networkConfiguration { ${network} }`

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

const ask = (fields = deep, contract = 'C-1BQ7FR8') =>
  stack.ask<Answer>(`{ akamaiContract(id: "${contract}") {
    enrollments(first: 100) { nodes { enrollmentId commonName ${fields} } }
    certificates(first: 100) { totalCount } source { status }
  } }`)

async function enrollments(): Promise<Enrollment[]> {
  const { data, errors } = await ask()
  expect(errors).toBeUndefined()
  return data.akamaiContract.enrollments.nodes
}

const called = async (name: string) => findOnly(await enrollments(), ({ commonName }) => commonName === name)
const lists = () => stack.callsTo('/cps/v2/enrollments?')
const rewriteList = (patch: (rows: Body['enrollments']) => unknown[]) =>
  rewriteAnswers<Body>(stack.akamai.emulator, '/enrollments', (body) => ({ enrollments: patch(body.enrollments) }))

describe('what only the list of enrollments contains', () => {
  it('includes the authority, the validation type and the start of the renewal', async () => {
    expect(await called('*.customs.bluequay.example')).toMatchObject({
      registrationAuthority: 'symantec',
      validationType: 'ov',
      autoRenewalStartTime: '2029-12-22T00:00:00.000Z',
    })
    expect(await called('track.bluequay.example')).toMatchObject({
      registrationAuthority: 'third-party',
      validationType: 'third-party',
      autoRenewalStartTime: null,
    })
  })

  it('includes the network configuration before anything is deployed', async () => {
    expect((await called('partners.bluequay.example')).networkConfiguration).toEqual({
      geography: 'core',
      secureNetwork: 'enhanced-tls',
      sniOnly: true,
      quicEnabled: false,
      ocspStapling: 'on',
      disallowedTlsVersions: ['TLSv1', 'TLSv1_1'],
      mustHaveCiphers: 'ak-akamai-2020q1',
      preferredCiphers: 'ak-akamai-2020q1',
      dnsNames: ['partners.bluequay.example'],
      cloneDnsNames: false,
      clientMutualAuthentication: { setId: '3208', ocspEnabled: false, sendCaListToClient: true },
    })
    expect((await called('labels.bluequay.example')).networkConfiguration).toMatchObject({
      sniOnly: false,
      dnsNames: null,
      cloneDnsNames: null,
      clientMutualAuthentication: null,
    })
    expect((await called('depots.bluequay.example')).networkConfiguration).toMatchObject({ geography: 'core' })
  })

  it('costs one call for all enrollments of a contract, with the documented media type', async () => {
    expect(await enrollments()).toHaveLength(12)
    expect(lists().map(({ path, headers }) => [path, headers.accept])).toEqual([
      ['/cps/v2/enrollments', 'application/vnd.akamai.cps.enrollments.v11+json'],
    ])
  })

  it('costs no call while it is not selected', async () => {
    await ask('id certificateType earliestExpiry pendingChanges { changeType } certificates { id enrollment { id } }')
    expect(lists()).toEqual([])
    expect(stack.callsTo('/cps/')).toHaveLength(1)
  })

  it('is shared by every field of an operation, those of a certificate’s enrollment included', async () => {
    const query = `{ certificates(first: 100, filter: { providers: [AKAMAI] }) { nodes {
      ... on AkamaiCertificate { enrollment { ${deep} } }
    } } }`
    const answers = await Promise.all([stack.ask(query), stack.ask(query), ask()])
    for (const { errors } of answers) expect(errors).toBeUndefined()
    expect(lists()).toHaveLength(2)
  })

  it('is cached for as long as the certificates', async () => {
    await enrollments()
    stack.clock.advance(299_000)
    await enrollments()
    expect(lists()).toHaveLength(1)
    stack.clock.advance(beyondEveryTtl)
    await enrollments()
    expect(lists()).toHaveLength(2)
  })

  it('is matched by an id that is a number, a text or a part of the location', async () => {
    const before = await enrollments()
    rewriteList((rows) =>
      rows.map((row, index) =>
        index % 2 === 0 ? { ...row, id: Number(row['id']), location: null } : { ...row, id: null },
      ),
    )
    stack.clock.advance(beyondEveryTtl)
    expect(await enrollments()).toEqual(before)
  })

  it('is read with the switch key of the account', async () => {
    await stack.close()
    const { own, ...started } = await startStackWithSecondAccount()
    stack = started.stack
    const { errors } = await ask(deep, own)
    expect(errors).toBeUndefined()
    expect(lists().map(({ query }) => query.get('accountSwitchKey'))).toEqual([switchKey])
  })
})

describe('when the list of enrollments', () => {
  it('lacks an enrollment, its fields are null without an error', async () => {
    rewriteList((rows) => rows.slice(1))
    const [first, second] = await enrollments()
    expect(first).toMatchObject({
      registrationAuthority: null,
      validationType: null,
      autoRenewalStartTime: null,
      networkConfiguration: null,
    })
    expect(second?.registrationAuthority).toBe('third-party')
  })

  it('has a row without an id, the fields of a missing enrollment are errors', async () => {
    rewriteList(([, ...rows]) => [{ ra: 'symantec' }, ...rows])
    const { data, errors } = await ask('validationType')
    expect(data.akamaiContract.enrollments.nodes.filter(({ validationType }) => validationType === null)).toHaveLength(
      1,
    )
    expect(errors).toMatchObject([
      {
        path: ['akamaiContract', 'enrollments', 'nodes', 0, 'validationType'],
        extensions: { code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'AKAMAI', scope: expect.any(String) },
      },
    ])
  })

  it('is rejected, each field has an error and the certificates are returned', async () => {
    stack.akamai.emulator.fault({ match: ({ path }) => path === '/cps/v2/enrollments', effect: { status: 403 } })
    const { data, errors } = await ask('validationType networkConfiguration { geography } earliestExpiry')
    const { nodes } = data.akamaiContract.enrollments
    expect(nodes).toMatchObject(Array(12).fill({ validationType: null, networkConfiguration: null }))
    expect(data.akamaiContract).toMatchObject({ certificates: { totalCount: 13 }, source: { status: 'OK' } })
    expect(errors).toHaveLength(24)
    expect(new Set(errors?.map(({ path }) => path?.at(-1)))).toEqual(
      new Set(['validationType', 'networkConfiguration']),
    )
    for (const { extensions } of errors ?? [])
      expect(extensions).toMatchObject({ code: 'UPSTREAM_FORBIDDEN', provider: 'AKAMAI', httpStatus: 403 })
    expect(lists()).toHaveLength(1)
  })

  it('cannot be refreshed, the stale list is served', async () => {
    const before = await enrollments()
    stack.clock.advance(beyondEveryTtl)
    stack.akamai.emulator.fault({ match: ({ path }) => path === '/cps/v2/enrollments', effect: { status: 500 } })
    const { data, errors } = await whileTimePasses(stack.clock, ask())
    expect(errors).toBeUndefined()
    expect(data.akamaiContract.enrollments.nodes).toEqual(before)
  })

  it('is not a list, each field has an error', async () => {
    rewriteAnswers(stack.akamai.emulator, '/enrollments', () => ({ contacts: [] }))
    const { errors } = await whileTimePasses(stack.clock, ask('validationType'))
    expect(new Set(errors?.map(({ extensions: { code } }) => code))).toEqual(new Set(['UPSTREAM_MALFORMED_RESPONSE']))
  })
})

it('a call for enrollments counts against the limit of all calls, not against that of active certificates', async () => {
  const rateLimits = async () => {
    const { data } = await stack.ask<{ scopes: { nodes: { source: { kind: string; rateBudget: object } }[] } }>(
      '{ scopes(providers: [AKAMAI]) { nodes { source { kind rateBudget { limit remaining } } } } }',
    )
    return Object.fromEntries(data.scopes.nodes.map(({ source: { kind, rateBudget } }) => [kind, rateBudget]))
  }
  await stack.ask('{ certificates(filter: { providers: [AKAMAI] }) { totalCount } }')
  const before = await rateLimits()
  expect(before).toEqual({ CERTIFICATES: { limit: 8, remaining: 6 }, DISCOVERY: { limit: 20, remaining: 17 } })
  await ask()
  expect(await rateLimits()).toEqual({ ...before, DISCOVERY: { limit: 20, remaining: 16 } })
})

it('contacts of an enrollment never appear in a response or the log', async () => {
  let handedOut = ''
  rewriteList((rows) => {
    handedOut = JSON.stringify(rows)
    return rows.map((row) => ({ ...row, ra: 7, networkConfiguration: 'none' }))
  })
  const answer = await ask()
  expect(answer.data.akamaiContract.enrollments.nodes[0]).toMatchObject({ registrationAuthority: null })
  expect(handedOut).toContain('certificate-desk')
  expect(JSON.stringify([answer, stack.log])).not.toContain('certificate-desk')
})

describe('the earliest expiry of an enrollment', () => {
  const expiries = async () => {
    const { data } = await ask('earliestExpiry certificates { expiresAt }')
    return data.akamaiContract.enrollments.nodes as unknown as {
      commonName: string
      earliestExpiry: string | null
      certificates: { expiresAt: string }[]
    }[]
  }

  it('is the earliest expiry of all deployed certificates on both networks', async () => {
    const api = findOnly(await expiries(), ({ commonName }) => commonName === 'api.bluequay.example')
    expect(api.certificates.map(({ expiresAt }) => expiresAt).toSorted()).toEqual([
      api.earliestExpiry,
      '2030-03-29T23:59:59.000Z',
    ])
    for (const { earliestExpiry, certificates } of await expiries()) {
      expect(earliestExpiry).toBe(certificates.map(({ expiresAt }) => expiresAt).toSorted()[0] ?? null)
    }
  })

  it('covers every slot, and is null when no expiry is known', async () => {
    const at = (expiry: string | null) => ({ expiry, keyAlgorithm: 'RSA' })
    const deployed = (primary: string | null, stacked: string | null) => ({
      primaryCertificate: at(primary),
      multiStackedCertificates: [at(stacked)],
    })
    rewriteAnswers<Body>(stack.akamai.emulator, '/active-certificates', ({ enrollments }) => ({
      enrollments: [
        {
          ...firstOf(enrollments),
          id: 1,
          production: deployed('2031-01-01', null),
          staging: deployed('2030-09-01', '2030-05-01'),
        },
        { ...firstOf(enrollments), id: 2, production: deployed(null, 'soon'), staging: null },
        { ...firstOf(enrollments), id: 3, production: null, staging: null },
      ],
    }))
    expect((await expiries()).map(({ earliestExpiry }) => earliestExpiry)).toEqual([
      '2030-05-01T00:00:00.000Z',
      null,
      null,
    ])
  })
})
