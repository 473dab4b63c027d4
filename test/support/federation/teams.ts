import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'

/**
 * The subgraph of a company's teams: a team has places, by vendor ids, and certificates and enrollments have owners. The
 * list of certificates has nullable items: a certificate that was renewed is gone.
 */
export const teamsSdl = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@interfaceObject", "@shareable"])

  type Query {
    teams(order: OrderDirection = ASC): [Team!]!
    ownedCertificates(owner: String!): [Certificate]!
    enrollmentsToReview: [AkamaiEnrollment!]!
  }

  type Team @key(fields: "id") {
    id: ID!
    name: String!
    projects: [OpenAIProject]!
    contracts: [AkamaiContract]!
    accounts: [LivePersonAccount]!
  }

  type OpenAIProject @key(fields: "projectId") { projectId: ID! team: Team }
  type AkamaiContract @key(fields: "contractId") { contractId: ID! team: Team }
  type LivePersonAccount @key(fields: "accountId") { accountId: ID! team: Team }
  type AkamaiEnrollment @key(fields: "contract { contractId } enrollmentId") {
    contract: AkamaiContract!
    enrollmentId: ID!
    ownerTeam: String
  }

  type Certificate @key(fields: "id") @interfaceObject { id: ID! ownerTeam: String }

  type Mutation { renameTeam(id: ID!, name: String!): RenameTeamResult }
  union RenameTeamResult = Team | NotFoundError
  interface Error { message: String! }
  type NotFoundError implements Error { message: String! }
  enum OrderDirection { ASC DESC }

  type TeamConnection { nodes: [Team!]! pageInfo: PageInfo! }
  type PageInfo @shareable {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }
`

/** The data of the teams' subgraph. */
export interface Teams {
  readonly teams: readonly {
    readonly id: string
    readonly name: string
    readonly projects: readonly string[]
    readonly contracts: readonly string[]
    readonly accounts: readonly string[]
  }[]
  /** By the global id of a certificate. */
  readonly owners: Readonly<Record<string, string>>
  readonly enrollments: readonly {
    readonly contractId: string
    readonly enrollmentId: string
    readonly owner: string
  }[]
}

/** Serves the teams' subgraph on a free port. */
export async function startTeams({ teams, owners, enrollments }: Teams) {
  const teamOf = (list: 'projects' | 'contracts' | 'accounts', id: string) =>
    teams.find((team) => team[list].includes(id)) ?? null
  const typeDefs = parse(teamsSdl)
  const resolvers = {
    Query: {
      teams: (_root: unknown, { order }: { order: string }) => (order === 'ASC' ? teams : teams.toReversed()),
      ownedCertificates: (_root: unknown, { owner }: { owner: string }) =>
        Object.keys(owners).flatMap((id) => (owners[id] === owner ? [{ id }] : [])),
      enrollmentsToReview: () =>
        enrollments.map(({ contractId, enrollmentId }) => ({ contract: { contractId }, enrollmentId })),
    },
    Team: {
      projects: ({ projects }: Teams['teams'][number]) => projects.map((projectId) => ({ projectId })),
      contracts: ({ contracts }: Teams['teams'][number]) => contracts.map((contractId) => ({ contractId })),
      accounts: ({ accounts }: Teams['teams'][number]) => accounts.map((accountId) => ({ accountId })),
    },
    OpenAIProject: { team: ({ projectId }: { projectId: string }) => teamOf('projects', projectId) },
    AkamaiContract: { team: ({ contractId }: { contractId: string }) => teamOf('contracts', contractId) },
    LivePersonAccount: { team: ({ accountId }: { accountId: string }) => teamOf('accounts', accountId) },
    AkamaiEnrollment: {
      ownerTeam: ({ contract, enrollmentId }: { contract: { contractId: string }; enrollmentId: string }) =>
        enrollments.find((each) => each.contractId === contract.contractId && each.enrollmentId === enrollmentId)
          ?.owner,
    },
    Certificate: { ownerTeam: ({ id }: { id: string }) => owners[id] ?? null },
  }
  const schema = buildSubgraphSchema({ typeDefs, resolvers })
  const server = createServer(async (request, response) => {
    const { query, variables } = (await json(request)) as { query: string; variables?: Record<string, unknown> }
    const answer = await graphql({ schema, source: query, variableValues: variables ?? {} })
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
