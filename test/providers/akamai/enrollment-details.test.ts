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
    source: { status: string }
  }
}

interface Body {
  enrollments: Record<string, unknown>[]
}

const network = `geography secureNetwork sniOnly quicEnabled ocspStapling disallowedTlsVersions mustHaveCiphers
  preferredCiphers dnsNames cloneDnsNames clientMutualAuthentication { setId ocspEnabled sendCaListToClient }`
const detailFields = `registrationAuthority validationType autoRenewalStartTime networkConfiguration { ${network} }`

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

const ask = (fields = detailFields, contract = 'C-1BQ7FR8') =>
  stack.ask<Answer>(`{ akamaiContract(id: "${contract}") {
    enrollments(first: 100) { nodes { enrollmentId commonName ${fields} } }
    certificates(first: 100) { totalCount } source { status }
  } }`)

async function enrollments(): Promise<Enrollment[]> {
  const { data, errors } = await ask()
  expect(errors).toBeUndefined()
  return data.akamaiContract.enrollments.nodes
}

const readByName = async (name: string) => findOnly(await enrollments(), ({ commonName }) => commonName === name)
const lists = () => stack.callsTo('/cps/v2/enrollments?')
const rewriteList = (patch: (rows: Body['enrollments']) => unknown[]) =>
  rewriteAnswers<Body>(stack.akamai.emulator, '/enrollments', (body) => ({ enrollments: patch(body.enrollments) }))

describe('the details from the list of enrollments', () => {
  it('include the registration authority, the validation type and the start of the renewal', async () => {
    expect(await readByName('*.customs.bluequay.example')).toMatchObject({
      registrationAuthority: 'symantec',
      validationType: 'ov',
      autoRenewalStartTime: '2029-12-22T00:00:00.000Z',
    })
    expect(await readByName('track.bluequay.example')).toMatchObject({
      registrationAuthority: 'third-party',
      validationType: 'third-party',
      autoRenewalStartTime: null,
    })
  })

  it('include the network configuration before anything is deployed', async () => {
    expect((await readByName('partners.bluequay.example')).networkConfiguration).toEqual({
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
    expect((await readByName('labels.bluequay.example')).networkConfiguration).toMatchObject({
      sniOnly: false,
      dnsNames: null,
      cloneDnsNames: null,
      clientMutualAuthentication: null,
    })
    expect((await readByName('depots.bluequay.example')).networkConfiguration).toMatchObject({ geography: 'core' })
  })

  it('cost one call for all enrollments of a contract, with the documented media type', async () => {
    expect(await enrollments()).toHaveLength(12)
    expect(lists().map(({ path, headers }) => [path, headers.accept])).toEqual([
      ['/cps/v2/enrollments', 'application/vnd.akamai.cps.enrollments.v11+json'],
    ])
  })

  it('cost no call unless they are selected', async () => {
    await ask(
      'id certificateType earliestExpiry pendingChanges { changeType } deployedCertificates { id enrollment { id } }',
    )
    expect(lists()).toEqual([])
    expect(stack.callsTo('/cps/')).toHaveLength(1)
  })

  it('are shared by concurrent operations, also for the enrollment of a certificate', async () => {
    const query = `{ certificates(first: 100, filter: { providers: [AKAMAI] }) { nodes {
      ... on AkamaiCertificate { enrollment { ${detailFields} } }
    } } }`
    const answers = await Promise.all([stack.ask(query), stack.ask(query), ask()])
    for (const { errors } of answers) expect(errors).toBeUndefined()
    expect(lists()).toHaveLength(2)
  })

  it('are cached for as long as the certificates', async () => {
    await enrollments()
    stack.clock.advance(299_000)
    await enrollments()
    expect(lists()).toHaveLength(1)
    stack.clock.advance(beyondEveryTtl)
    await enrollments()
    expect(lists()).toHaveLength(2)
  })

  it('are matched by an id that is a number, a string or a part of the location', async () => {
    const before = await enrollments()
    rewriteList((rows) =>
      rows.map((row, index) =>
        index % 2 === 0 ? { ...row, id: Number(row['id']), location: null } : { ...row, id: null },
      ),
    )
    stack.clock.advance(beyondEveryTtl)
    expect(await enrollments()).toEqual(before)
  })

  it('are read with the switch key of the account', async () => {
    await stack.close()
    const { own, ...started } = await startStackWithSecondAccount()
    stack = started.stack
    const { errors } = await ask(detailFields, own)
    expect(errors).toBeUndefined()
    expect(lists().map(({ query }) => query.get('accountSwitchKey'))).toEqual([switchKey])
  })
})

describe('the details of an enrollment', () => {
  it('are null without an error when the list lacks the enrollment', async () => {
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

  it('are null with an error when the list lacks the enrollment and has a row without an id', async () => {
    rewriteList(([, ...rows]) => [{ ra: 'symantec' }, ...rows])
    const { data, errors } = await ask('validationType')
    expect(data.akamaiContract.enrollments.nodes.filter(({ validationType }) => validationType === null)).toHaveLength(
      1,
    )
    expect(errors).toMatchObject([
      {
        path: ['akamaiContract', 'enrollments', 'nodes', 0, 'validationType'],
        extensions: { code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'AKAMAI', place: expect.any(String) },
      },
    ])
  })

  it('are null with an error when the list is rejected, and the certificates are returned', async () => {
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

  it('are served from the stale list when it cannot be refreshed', async () => {
    const before = await enrollments()
    stack.clock.advance(beyondEveryTtl)
    stack.akamai.emulator.fault({ match: ({ path }) => path === '/cps/v2/enrollments', effect: { status: 500 } })
    const { data, errors } = await whileTimePasses(stack.clock, ask())
    expect(errors).toBeUndefined()
    expect(data.akamaiContract.enrollments.nodes).toEqual(before)
  })

  it('are null with an error when the response is not a list', async () => {
    rewriteAnswers(stack.akamai.emulator, '/enrollments', () => ({ contacts: [] }))
    const { errors } = await whileTimePasses(stack.clock, ask('validationType'))
    expect(new Set(errors?.map(({ extensions: { code } }) => code))).toEqual(new Set(['UPSTREAM_MALFORMED_RESPONSE']))
  })
})

it('a call for enrollments counts against the limit of all calls, not against the limit of active certificates', async () => {
  const rateLimits = async () => {
    const { data } = await stack.ask<{
      certificatePlaces: { nodes: { __typename: string; rateLimit: object }[] }
    }>('{ certificatePlaces(providers: [AKAMAI]) { nodes { __typename rateLimit { limit remaining } } } }')
    return Object.fromEntries(data.certificatePlaces.nodes.map(({ __typename, rateLimit }) => [__typename, rateLimit]))
  }
  await stack.ask('{ certificates(filter: { providers: [AKAMAI] }) { totalCount } }')
  const before = await rateLimits()
  expect(before).toEqual({ AkamaiContract: { limit: 8, remaining: 6 }, AkamaiAccount: { limit: 20, remaining: 17 } })
  await ask()
  expect(await rateLimits()).toEqual({ ...before, AkamaiAccount: { limit: 20, remaining: 16 } })
})

it('the contacts of an enrollment never appear in a response or the log', async () => {
  let sentRows = ''
  rewriteList((rows) => {
    sentRows = JSON.stringify(rows)
    return rows.map((row) => ({ ...row, ra: 7, networkConfiguration: 'none' }))
  })
  const answer = await ask()
  expect(answer.data.akamaiContract.enrollments.nodes[0]).toMatchObject({ registrationAuthority: null })
  expect(sentRows).toContain('certificate-desk')
  expect(JSON.stringify([answer, stack.log])).not.toContain('certificate-desk')
})

describe('the earliest expiry of an enrollment', () => {
  const expiries = async () => {
    const { data } = await ask('earliestExpiry deployedCertificates { expiresAt }')
    return data.akamaiContract.enrollments.nodes as unknown as {
      commonName: string
      earliestExpiry: string | null
      deployedCertificates: { expiresAt: string }[]
    }[]
  }

  it('is the earliest expiry of all deployed certificates on both networks', async () => {
    const api = findOnly(await expiries(), ({ commonName }) => commonName === 'api.bluequay.example')
    expect(api.deployedCertificates.map(({ expiresAt }) => expiresAt).toSorted()).toEqual([
      api.earliestExpiry,
      '2030-03-29T23:59:59.000Z',
    ])
    for (const { earliestExpiry, deployedCertificates } of await expiries()) {
      expect(earliestExpiry).toBe(deployedCertificates.map(({ expiresAt }) => expiresAt).toSorted()[0] ?? null)
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
