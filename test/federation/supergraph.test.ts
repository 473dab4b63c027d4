import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { madeUpId } from '../support/every-node.ts'
import { type Composed, compose } from '../support/federation/compose.ts'
import { type Gateway, startGateway } from '../support/federation/gateway.ts'
import { startTeams, teamsSdl } from '../support/federation/teams.ts'
import { type Stack, startStack } from '../support/stack.ts'

const hive = new URL('../support/federation/hive-gateway.ts', import.meta.url)
const apollo = new URL('../support/federation/apollo-gateway.ts', import.meta.url)
const published = readFileSync('test/subgraph.graphql', 'utf8')
/** For a gateway that does not support @requiresScopes and rejects a supergraph with it. */
const withoutScopes = published.replaceAll(/ @requiresScopes\([^)]*\)/g, '')
const withoutVendorKeys = published.replaceAll(/ @key\(fields: "(?!id")[^"]*"\)/g, '')

let stack: Stack
let teams: Awaited<ReturnType<typeof startTeams>>
beforeAll(async () => {
  stack = await startStack({ limits: false })
  teams = await startTeams({
    teams: [
      {
        id: 'logistics',
        name: 'Logistics',
        projects: ['proj_6adc711a653e0f97', 'proj_unknown'],
        contracts: ['K-2CB4PY1'],
        accounts: ['52710934'],
      },
    ],
    owners: { [madeUpId('OpenAICertificate', 'org_bluequay', 'cert_c48f6da66d7310133f')]: 'Logistics' },
    enrollments: [{ contractId: 'K-2CB4PY1', enrollmentId: '219540' }],
  })
})
afterAll(async () => {
  await teams.close()
  await stack.close()
})

function composed(composer: 'Apollo' | 'The Guild', certificates: string, theirs = teamsSdl): string {
  const both: Composed = compose([
    { name: 'certificates', url: stack.url, sdl: certificates },
    { name: 'teams', url: teams.url, sdl: theirs },
  ])[composer]
  if ('rejected' in both) throw new Error(`rejected: ${both.rejected.join(', ')}`)
  return both.supergraph
}

const ofTeams = `{
  teams {
    name
    projects { projectId name organization { organizationId } }
    contracts { account { accountId } enrollments(first: 1) { nodes { commonName reviewer } } }
    accounts { name team { name } }
  }
}`
const ofOwners = `{
  ownedCertificates(owner: "Logistics") { __typename name owner ... on OpenAICertificate { organization { name } } }
}`
const ofProject = '{ openAIProject(id: "proj_6adc711a653e0f97") { name team { name } } }'
const ofEnrollments = '{ enrollmentsToReview { reviewer commonName contract { contractId team { name } } } }'
const listed = '{ certificates(first: 1, filter: { nameContains: "gateway clients, first" }) { nodes { name owner } } }'
const listedWith = (owner: string | null) => ({
  data: { certificates: { nodes: [{ name: 'Gateway clients, first generation', owner }] } },
})

describe.each([
  { vendor: 'Hive', composer: 'The Guild', script: hive, sdl: published },
  { vendor: 'Apollo', composer: 'Apollo', script: apollo, sdl: withoutScopes },
] as const)('the gateway of $vendor', ({ vendor, composer, script, sdl }) => {
  let gateway: Gateway
  beforeAll(async () => {
    gateway = await startGateway(script, composed(composer, sdl))
  })
  afterAll(() => gateway.close())

  it('resolves another team’s references to places by vendor ids, and unknown ids to null', async () => {
    expect(await gateway.ask(ofTeams)).toMatchObject({
      data: {
        teams: [
          {
            name: 'Logistics',
            projects: [
              {
                projectId: 'proj_6adc711a653e0f97',
                name: 'Label printing',
                organization: { organizationId: 'org_bluequay' },
              },
              null,
            ],
            contracts: [
              {
                account: { accountId: 'bluequay' },
                enrollments: { nodes: [{ commonName: 'www.clearberth.example', reviewer: 'the platform team' }] },
              },
            ],
            accounts: [{ name: 'Clearberth support chat', team: { name: 'Logistics' } }],
          },
        ],
      },
    })
  })

  it('resolves another team’s references to certificates by their interface', async () => {
    const certificate = {
      __typename: 'OpenAICertificate',
      name: 'Gateway clients, first generation',
      owner: 'Logistics',
    }
    expect(await gateway.ask(ofOwners)).toEqual({
      data: { ownedCertificates: [{ ...certificate, organization: { name: 'Bluequay Freight' } }] },
    })
  })

  it('adds another team’s fields to places and enrollments', async () => {
    expect(await gateway.ask(ofProject)).toEqual({
      data: { openAIProject: { name: 'Label printing', team: { name: 'Logistics' } } },
    })
    expect(await gateway.ask(ofEnrollments)).toEqual({
      data: {
        enrollmentsToReview: [
          {
            reviewer: 'the platform team',
            commonName: 'www.clearberth.example',
            contract: { contractId: 'K-2CB4PY1', team: { name: 'Logistics' } },
          },
        ],
      },
    })
  })

  // Hive's gateway does not request the field while any type of a subgraph has two keys.
  const owner = vendor === 'Hive' ? null : 'Logistics'
  it(`returns ${owner} for another team’s field of a certificate in a list`, async () => {
    expect(await gateway.ask(listed)).toEqual(listedWith(owner))
  })
})

it('the gateway of Hive returns another team’s field of a listed certificate if global ids are the only keys', async () => {
  const certificateOnly = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@interfaceObject"])
    type Query { teamCount: Int }
    type Certificate @key(fields: "id") @interfaceObject { id: ID! owner: String }
  `
  const gateway = await startGateway(hive, composed('The Guild', withoutVendorKeys, certificateOnly))
  expect(await gateway.ask(listed)).toEqual(listedWith('Logistics'))
  gateway.close()
})

it('the gateway of Apollo rejects @requiresScopes, which it does not support', async () => {
  await expect(startGateway(apollo, composed('Apollo', published))).rejects.toThrow(
    /requiresScopes.* is for: SECURITY but is unsupported/,
  )
})
