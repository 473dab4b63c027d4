import { afterEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../src/sandbox/call.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { quiet } from '../support/quiet.ts'
import type { Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { type ListAnswer, listFields, outages, startStackWithSixPlaces } from '../support/vendor-outage.ts'

let stack: Stack
afterEach(() => stack.close())

const list = `certificates(first: 100) { ${listFields} }`
const brief = { deadline: '5s', ttl: '60s' }
const failedOf = ({ sources }: ListAnswer) => sources.filter(({ status }) => status === 'FAILED')
const late = { code: 'UPSTREAM_TIMEOUT', httpStatus: null, retryAfterSeconds: null }

/** Sends a query while these calls hang. Advances the clock once this many timers are left. */
async function askUntilDeadline<Data>(query: string, hangs: (call: Call) => boolean, asleep: number, deadline = 5_000) {
  for (const emulator of stack.emulators) emulator.fault({ match: hangs, effect: 'hang' })
  const asked = stack.ask<Data>(query)
  await until(() => stack.callsTo('').some(hangs) && stack.clock.pendingSleeps === asleep)
  stack.clock.advance(deadline)
  return asked
}

describe('at the deadline, a list contains what has been read', () => {
  it.each(outages)('when a place of $brand hangs', async (outage) => {
    stack = await startStackWithSixPlaces(brief)
    const hangs = (call: Call) => outage.strikes(stack, call)
    const query = `{ ${list} place: ${outage.field} { ... on CertificatePlace { id } certificates { totalCount } } }`
    const { data, errors } = await askUntilDeadline<{ certificates: ListAnswer; place: { id: string } }>(
      query,
      hangs,
      3,
    )
    expect(data.certificates).toMatchObject({ totalCount: 15, complete: false, fresh: true })
    expect(failedOf(data.certificates)).toMatchObject([
      { kind: 'CERTIFICATES', place: { id: data.place.id }, asOf: null, error: late },
    ])
    expect(data.place).toEqual({ id: data.place.id, certificates: null })
    expect(errors).toMatchObject([
      {
        path: ['place', 'certificates'],
        extensions: { code: 'UPSTREAM_TIMEOUT', provider: outage.provider, place: data.place.id },
      },
    ])
  })

  it.each([
    ['the contracts of Akamai', 'AKAMAI', 'DISCOVERY', '/contract-api/', 3],
    ['the hosts of LivePerson', 'LIVEPERSON', 'CERTIFICATES', '/service/mtlsGateway/', 7],
  ])('when the lookup of %s hangs', async (_, provider, kind, path, asleep) => {
    stack = await startStackWithSixPlaces(brief)
    const hangs = (call: Call) => call.path.includes(path)
    const { data, errors } = await askUntilDeadline<{ certificates: ListAnswer }>(`{ ${list} }`, hangs, asleep)
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ totalCount: 12, complete: false })
    for (const source of failedOf(data.certificates)) {
      expect(source).toMatchObject({ kind, place: { provider }, error: late })
    }
  })

  it('when a contract is selected by id beside a place of another vendor, and the contracts cannot be listed', async () => {
    stack = await startStackWithSixPlaces({ ...brief, staleIfError: '0s' })
    const { contract, organization } = (
      await stack.ask<{ [Key in 'contract' | 'organization']: { id: string } }>(
        '{ contract: akamaiContract(id: "C-0S0") { id } organization: openAIOrganization(id: "org_scaled0") { id } }',
      )
    ).data
    stack.clock.advance(beyondEveryTtl)
    stack.akamai.emulator.reset()
    const query = `{ certificates(filter: { placeIds: ["${contract.id}", "${organization.id}"] }) { ${listFields} } }`
    const hangs = (call: Call) => call.path.includes('/contract-api/')
    const { data } = await askUntilDeadline<{ certificates: ListAnswer }>(query, hangs, 3)
    expect(data.certificates).toMatchObject({ totalCount: 3, complete: false })
  })

  it('when every vendor hangs: the list is empty, and each source has an error', async () => {
    stack = await startStackWithSixPlaces({ ...brief, deadline: '7s' })
    const { data, errors } = await askUntilDeadline<{ certificates: ListAnswer }>(`{ ${list} }`, () => true, 13, 7_000)
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ nodes: [], totalCount: 0, complete: false, fresh: true })
    // The contracts of Akamai are unknown.
    expect(data.certificates.sources.map(({ status, error }) => [status, error?.code])).toEqual(
      Array(5).fill(['FAILED', 'UPSTREAM_TIMEOUT']),
    )
  })

  it('after 25 seconds by default, and no earlier', async () => {
    stack = await startStackWithSixPlaces({ timeout: '40s' })
    const hangs = (call: Call) => call.path.startsWith('/mtls/')
    const startedAt = stack.clock.now()
    let answered = false
    const asked = askUntilDeadline<{ certificates: ListAnswer }>(`{ ${list} }`, hangs, 5, 24_999).finally(() => {
      answered = true
    })
    await until(() => stack.clock.now() === startedAt + 24_999)
    await quiet()
    expect(answered).toBe(false)
    stack.clock.advance(1)
    expect((await asked).data.certificates).toMatchObject({ totalCount: 12, complete: false })
  })
})

describe('a call for one operation', () => {
  const isContent = ({ query }: Call) => query.has('include[]')
  const contents = () => stack.openai.emulator.calls.filter(isContent)

  it('is aborted at the deadline: the rows stay, and each missing PEM is an error', async () => {
    stack = await startStackWithSixPlaces({ ...brief, concurrency: 2 })
    const query = `{ openAIOrganization(id: "org_scaled0") { id certificates { nodes { name pem } } } }`
    const { data, errors } = await askUntilDeadline<{
      openAIOrganization: { id: string; certificates: { nodes: { name: string; content: null }[] } }
    }>(query, isContent, 3)
    const { id, certificates } = data.openAIOrganization
    expect(certificates.nodes).toMatchObject([{ pem: null }, { pem: null }, { pem: null }])
    expect(errors).toHaveLength(3)
    for (const index of certificates.nodes.keys()) {
      expect(errors).toContainEqual(
        expect.objectContaining({
          path: ['openAIOrganization', 'certificates', 'nodes', index, 'pem'],
          extensions: expect.objectContaining({ code: 'UPSTREAM_TIMEOUT', provider: 'OPENAI', place: id }),
        }),
      )
    }
    await until(() => contents().every(({ aborted }) => aborted))
    stack.clock.advance(60_000)
    await quiet()
    // The third call was waiting and was never sent.
    expect(contents()).toHaveLength(2)
    expect(stack.clock.pendingSleeps).toBe(0)
  })

  it('keeps a certificate in a filtered list when its PEM did not come in time', async () => {
    stack = await startStackWithSixPlaces(brief)
    const query = '{ certificates(filter: { issuerContains: "unknown" }) { nodes { parseIssues } complete } }'
    const { data, errors } = await askUntilDeadline<{
      certificates: { nodes: { parseIssues: string[] }[]; complete: boolean }
    }>(query, isContent, 7)
    expect(errors).toBeUndefined()
    expect(data.certificates.complete).toBe(false)
    expect(data.certificates.nodes).toHaveLength(6)
    for (const { parseIssues } of data.certificates.nodes) expect(parseIssues).toHaveLength(1)
  })
})

describe('after its deadline, an operation', () => {
  it('makes no more calls', async () => {
    stack = await startStackWithSixPlaces(brief)
    const query = `{ certificates { nodes { ... on OpenAICertificate { pem projects { totalCount } } } } }`
    const hangs = (call: Call) => call.path.startsWith('/mtls/')
    const { data } = await askUntilDeadline<{ certificates: { nodes: object[] } }>(query, hangs, 5)
    expect(data.certificates.nodes).toContainEqual({ pem: null, projects: null })
    await quiet()
    expect([...stack.callsTo('include'), ...stack.callsTo('/organization/projects')]).toEqual([])
  })
})
