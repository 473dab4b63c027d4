import { afterEach, describe, expect, it } from '@jest/globals'
import { type Gate, startGate } from '../support/gate.ts'
import { failureTtl } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { outages, startStackWithSixPlaces, withoutCaching } from '../support/vendor-outage.ts'

let stack: Stack
afterEach(() => stack.close())

const twenty = <Item>(make: (index: number) => Item) => Array.from({ length: 20 }, (_, index) => make(index))

/** A part of the path of every call that reads certificates. */
const certificateCalls = ['/organization/certificates', 'active-certificates', '/mtls/account/']

describe('one operation', () => {
  it.each(outages)('that selects one place of $brand under twenty aliases makes one call', async (outage) => {
    stack = await startStackWithSixPlaces()
    const aliases = twenty((index) => `alias${index}: ${outage.field} { certificates { totalCount } }`)
    const { data, errors } = await stack.ask<object>(`{ ${aliases.join('\n')} }`)
    expect(errors).toBeUndefined()
    expect(Object.values(data)).toEqual(twenty(() => ({ certificates: { totalCount: 3 } })))
    expect(certificateCalls.flatMap(stack.callsTo)).toHaveLength(1)
  })

  it('that selects one contract in every possible way makes one call for it', async () => {
    stack = await startStackWithSixPlaces({ ...withoutCaching, discoveryTtl: '0s' })
    const { data } = await stack.ask<{ contract: { id: string; certificates: { nodes: { id: string }[] } } }>(
      '{ contract: akamaiContract(id: "C-0S0") { id certificates { nodes { id } } } }',
    )
    const { id, certificates } = data.contract
    const [first, second] = certificates.nodes
    stack.akamai.emulator.reset()
    const variables = { id, first: first?.id, ids: [first?.id, second?.id, id] }
    const { errors } = await stack.ask(
      `query ($id: ID!, $first: ID!, $ids: [ID!]!) {
        akamaiContract(id: "C-0S0") { certificates { totalCount } enrollments { totalCount } source { status } }
        node(id: $id) { ... on AkamaiContract { certificates(last: 1) { nodes { contract { source { status } } } } } }
        certificate(id: $first) { name }
        nodes(ids: $ids) { id }
        certificates { totalCount }
        byName: certificates(filter: { placeIds: [$id] }) { totalCount }
        certificatePlaces(providers: [AKAMAI]) { nodes { ... on AkamaiAccount { contracts(first: 5) { nodes { source { status } } } } } }
      }`,
      variables,
    )
    expect(errors).toBeUndefined()
    expect(stack.callsTo('contractId=C-0S0')).toHaveLength(1)
    expect(stack.callsTo('contractId=C-0S1')).toHaveLength(1)
    expect(stack.callsTo('/contract-api/')).toHaveLength(1)
  })

  it('that selects one PEM under twenty aliases makes one call for it', async () => {
    stack = await startStack({
      scale: { openai: { certificatesPerOrganization: 1 } },
      configure: (file) => ({ ...file, limits: { cost: 100_000 } }),
    })
    const content = 'nodes { pem subject sha256Fingerprint projects { edges { active } } }'
    const aliases = twenty(
      (index) => `a${index}: openAIOrganization(id: "org_scaled0") { certificates { ${content} } }`,
    )
    const { errors } = await stack.ask(`{ ${aliases.join('\n')} }`)
    expect(errors).toBeUndefined()
    expect(stack.callsTo('include')).toHaveLength(1)
    // The certificates, the PEM, the projects, and the certificates of each of the five.
    expect(stack.openai.emulator.calls).toHaveLength(8)
  })
})

describe('twenty requests at once', () => {
  let gate: Gate
  afterEach(() => gate.close())

  async function startBehindGate(): Promise<void> {
    gate = await startGate()
    stack = await startStack({
      limits: false,
      scale: { akamai: { contractsPerAccount: 1, enrollmentsPerContract: 3 } },
      configure: ({ akamai }) => {
        const [account] = akamai.accounts
        gate.target = String(account?.baseUrl)
        // No reading is cached: the requests share the pending reading.
        return {
          akamai: { accounts: [{ ...account, baseUrl: gate.url, contracts: ['C-0S0'] }] },
          upstream: withoutCaching,
          // No answer either: each request is executed.
          server: { answers: { storeFor: '0s' } },
        }
      },
    })
  }

  const query = '{ akamaiContract(id: "C-0S0") { certificates { totalCount } source { status } } }'

  it('make one call while the place is being read, and all of them get its rows', async () => {
    await startBehindGate()
    const asked = twenty(() => stack.ask<object>(query))
    // Each operation waits until its deadline; the reading and its call have their own timeouts.
    await until(() => stack.clock.pendingSleeps === 20 + 2)
    gate.open()
    const answers = await Promise.all(asked)
    for (const { data, errors } of answers) {
      expect(errors).toBeUndefined()
      expect(data).toMatchObject({ akamaiContract: { certificates: { totalCount: 3 } } })
    }
    expect(gate.received).toHaveLength(1)
    expect(stack.clock.pendingSleeps).toBe(0)
  })

  it('share its failure, and a request five seconds later tries again', async () => {
    await startBehindGate()
    stack.akamai.emulator.fault({ effect: { status: 403 }, times: 1 })
    const asked = twenty(() => stack.ask<object>(query))
    await until(() => stack.clock.pendingSleeps === 20 + 2)
    gate.open()
    for (const { errors } of await Promise.all(asked)) {
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_FORBIDDEN', httpStatus: 403 } }])
    }
    expect(gate.received).toHaveLength(1)
    stack.clock.advance(failureTtl)
    expect((await stack.ask(query)).errors).toBeUndefined()
    expect(gate.received).toHaveLength(2)
  })
})
