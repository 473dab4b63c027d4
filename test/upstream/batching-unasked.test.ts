import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Stack } from '../support/stack.ts'
import { startStackWithSixPlaces, withoutCaching } from '../support/vendor-outage.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStackWithSixPlaces({ ...withoutCaching, discoveryTtl: '0s' })
})
afterAll(() => stack.close())

/** The paths that one operation calls, without ids, with the number of calls. */
async function costOf(query: string): Promise<Record<string, number>> {
  for (const emulator of stack.emulators) emulator.reset()
  const { errors } = await stack.ask(query)
  expect(errors).toBeUndefined()
  const cost: Record<string, number> = {}
  for (const { path, query: parameters } of stack.callsTo('')) {
    const name = path.replace(/\/(proj_|cert_|le)\w+/g, '/$1') + (parameters.has('include[]') ? ' with content' : '')
    cost[name] = (cost[name] ?? 0) + 1
  }
  return cost
}

const organizationCertificates = '/v1/organization/certificates'
const projects = '/v1/organization/projects'
const projectCertificates = '/v1/organization/projects/proj_/certificates'
const content = '/v1/organization/certificates/cert_ with content'
const contracts = '/contract-api/v1/contracts/identifiers'
const activeCertificates = '/cps/v2/active-certificates'
const domains = '/api/account/le/service/mtlsGateway/baseURI.json'
const accountCertificates = '/mtls/account/le/certificates'

const everyList = {
  [organizationCertificates]: 2,
  [contracts]: 1,
  [activeCertificates]: 2,
  [domains]: 2,
  [accountCertificates]: 2,
}

describe('an operation causes calls only for the fields that it selects', () => {
  it.each<[string, string, Record<string, number>]>([
    ['places by their ids alone', '{ openAIOrganization(id: "org_scaled0") { id name provider organizationId } }', {}],
    ['an account by its id alone', '{ livePersonAccount(id: "le7000000") { id name accountId } }', {}],
    [
      'a contract by its id alone',
      '{ akamaiContract(id: "C-0S0") { id contractId account { accountId } } }',
      { [contracts]: 1 },
    ],
    [
      'every place',
      '{ certificatePlaces(first: 100) { nodes { id name } totalCount complete } }',
      { [projects]: 2, [contracts]: 1 },
    ],
    ['the places of one vendor', '{ certificatePlaces(providers: [LIVEPERSON]) { totalCount } }', {}],
    ['only the type', '{ __typename }', {}],
    ['a count', '{ certificates { totalCount } }', everyList],
    ['the sources alone', '{ certificates { complete sources { status } } }', everyList],
    ['fields of the lists', '{ certificates { nodes { name active expiresAt asOf place { name } } } }', everyList],
    [
      'X.509 fields of vendors that list them',
      '{ certificates(filter: { providers: [AKAMAI, LIVEPERSON] }) { nodes { issuer serialNumber } } }',
      { [contracts]: 1, [activeCertificates]: 2, [domains]: 2, [accountCertificates]: 2 },
    ],
    [
      'one vendor',
      '{ certificates(filter: { providers: [AKAMAI] }) { totalCount } }',
      { [contracts]: 1, [activeCertificates]: 2 },
    ],
    [
      'the projects of a certificate without their flags',
      '{ openAIOrganization(id: "org_scaled0") { certificates { nodes { projects { nodes { name } totalCount } } } } }',
      { [organizationCertificates]: 1, [projects]: 1 },
    ],
    [
      'their flags',
      '{ openAIOrganization(id: "org_scaled0") { certificates { nodes { projects { edges { active } } } } } }',
      { [organizationCertificates]: 1, [projects]: 1, [projectCertificates]: 2 },
    ],
    [
      'the flags of a page of projects',
      '{ openAIOrganization(id: "org_scaled0") { certificates { nodes { projects(first: 1) { edges { active } } } } } }',
      { [organizationCertificates]: 1, [projects]: 1, [projectCertificates]: 1 },
    ],
    [
      'the PEM of a page of one',
      '{ openAIOrganization(id: "org_scaled0") { certificates(first: 1) { nodes { pem } totalCount } } }',
      { [organizationCertificates]: 1, [content]: 1 },
    ],
    [
      'a PEM that a directive skips',
      '{ openAIOrganization(id: "org_scaled0") { certificates { nodes { id pem @include(if: false) } } } }',
      { [organizationCertificates]: 1 },
    ],
  ])('%s', async (_, query, cost) => {
    expect(await costOf(query)).toEqual(cost)
  })

  it.each([
    ['{ certificates(first: 0) { totalCount } }'],
    ['{ certificates(first: 1, last: 1) { totalCount } }'],
    ['{ certificates(after: "nonsense") { totalCount } }'],
    ['{ certificates(filter: { providers: [] }) { totalCount } }'],
    ['{ certificates(filter: { serialNumber: "xyz" }) { totalCount } }'],
    [
      '{ openAIOrganization(id: "org_scaled0") { certificates(first: 101) { totalCount } projects(last: -1) { totalCount } } }',
    ],
    ['{ livePersonAccount(id: "le7000000") { certificates(after: "nonsense") { totalCount } } }'],
    ['{ certificatePlaces(first: 0) { totalCount } }'],
    ['{ certificatePlaces(providers: []) { totalCount } }'],
    ['{ certificates { unknownField } }'],
  ])('no calls when its arguments are rejected: %s', async (query) => {
    for (const emulator of stack.emulators) emulator.reset()
    const { errors } = await stack.ask(query)
    expect(errors?.length).toBeGreaterThan(0)
    expect(stack.callsTo('')).toEqual([])
  })
})
