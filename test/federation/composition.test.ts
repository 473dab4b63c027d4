import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { buildSchema } from 'graphql'
import { type Composed, compose, type PublishedSubgraph } from '../support/federation/compose.ts'
import { subscriptionSdl } from '../support/federation/subscription.ts'
import { teamsSdl } from '../support/federation/teams.ts'

const sdl = readFileSync('test/subgraph.graphql', 'utf8')
const certificates = { name: 'certificates', url: 'http://certificates.test/graphql', sdl }
const teams = { name: 'teams', url: 'http://teams.test/graphql', sdl: teamsSdl }

/** Another team's subgraph. */
function other(definitions: string, version = '2.6'): PublishedSubgraph {
  const imports = '"@key", "@interfaceObject", "@shareable"'
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v${version}", import: [${imports}])`
  return { name: 'other', url: 'http://other.test/graphql', sdl: `${link}\n${definitions}` }
}

/** The published subgraph with one part of its text replaced. */
function changed(part: string | RegExp, by: string): PublishedSubgraph {
  const replaced = sdl.replace(part, by)
  if (replaced === sdl) throw new Error(`the subgraph has no ${part}`)
  return { ...certificates, sdl: replaced }
}

function fieldsOf(composed: Composed, type: string): readonly string[] {
  if (!('supergraph' in composed)) throw new Error(`rejected: ${composed.rejected.join(', ')}`)
  const found = buildSchema(composed.supergraph, { assumeValid: true }).getType(type)
  return found && 'getFields' in found ? Object.keys(found.getFields()) : []
}

const theirNode = `
  type Query { node(id: ID!): Node }
  interface Node { id: ID! }
  type Product implements Node @key(fields: "id") { id: ID! }
`

describe('the published subgraph', () => {
  it('composes alone', () => {
    for (const composed of Object.values(compose([certificates]))) {
      expect(fieldsOf(composed, 'Certificate')).toContain('expiresAt')
    }
  })

  it('composes with a subgraph that refers to places by vendor ids and adds a field to every certificate', () => {
    for (const composed of Object.values(compose([certificates, teams]))) {
      for (const type of ['Certificate', 'AkamaiCertificate', 'LivePersonCertificate', 'OpenAICertificate']) {
        expect(fieldsOf(composed, type)).toEqual(expect.arrayContaining(['expiresAt', 'ownerTeam']))
      }
      expect(fieldsOf(composed, 'OpenAIProject')).toEqual(expect.arrayContaining(['certificates', 'team']))
      expect(fieldsOf(composed, 'AkamaiEnrollment')).toEqual(expect.arrayContaining(['pendingChanges', 'ownerTeam']))
    }
  })

  it('composes with a subgraph that has Query.node', () => {
    for (const composed of Object.values(compose([certificates, other(theirNode)]))) {
      expect(fieldsOf(composed, 'Query')).toEqual(expect.arrayContaining(['certificates', 'node']))
      expect(fieldsOf(composed, 'Query')).not.toContain('nodes')
    }
  })

  it('has no subscription, and composes with the one of the running schema', () => {
    expect(sdl).not.toContain('certificateChanged')
    const added = { ...certificates, sdl: `${sdl}\n${subscriptionSdl}` }
    for (const composed of Object.values(compose([added, teams]))) {
      expect(fieldsOf(composed, 'Subscription')).toEqual(['certificateChanged'])
    }
    const [running] = /^type Subscription \{.*?^\}/ms.exec(readFileSync('schema.graphql', 'utf8')) ?? []
    const rest = 'type Query { a: ID } type CertificateChange { id: ID } enum CertificateChangeKind { EXPIRED }'
    const fieldOf = (text = '') =>
      buildSchema(`${text} ${rest}`).getSubscriptionType()?.getFields()['certificateChanged']
    const partsOf = (text?: string) => [
      String(fieldOf(text)?.type),
      fieldOf(text)
        ?.args.map(({ name, type }) => `${name}: ${type}`)
        .sort(),
    ]
    expect(partsOf(subscriptionSdl)).toEqual(partsOf(running))
  })

  it('composes with a subgraph of an older federation version', () => {
    const older = other('type Certificate @key(fields: "id") @interfaceObject { id: ID! ownerTeam: String }', '2.3')
    for (const composed of Object.values(compose([certificates, older]))) {
      expect(fieldsOf(composed, 'OpenAICertificate')).toContain('ownerTeam')
    }
  })
})

describe('composition fails', () => {
  const pageInfo = 'hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String'
  const missing = { Apollo: 'INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE', 'The Guild': 'INTERFACE_FIELD_NO_IMPLEM' }

  it.each([
    [
      'if the subgraph published Query.node, which another one has',
      [withNode(), other(theirNode)],
      both('INVALID_FIELD_SHARING'),
    ],
    [
      'with a subgraph that has another kind of certificate',
      [
        certificates,
        other(`
          interface Certificate @key(fields: "id") { id: ID! }
          type OwnCertificate implements Certificate @key(fields: "id") { id: ID! }
          type Query { own: OwnCertificate }
        `),
      ],
      missing,
    ],
    [
      'with a subgraph whose PageInfo is not shareable',
      [certificates, other(`type PageInfo { ${pageInfo} } type Query { page: PageInfo }`)],
      both('INVALID_FIELD_SHARING'),
    ],
    [
      'with a subgraph whose PageInfo has fewer fields',
      [certificates, other('type PageInfo @shareable { endCursor: String } type Query { page: PageInfo }')],
      both('SATISFIABILITY_ERROR'),
    ],
    [
      'with a subgraph that refers to an enrollment without its contract',
      [
        certificates,
        other(
          'type AkamaiEnrollment @key(fields: "enrollmentId") { enrollmentId: ID! } type Query { one: AkamaiEnrollment }',
        ),
      ],
      both('SATISFIABILITY_ERROR'),
    ],
    [
      'with a subgraph that also resolves a field of a place',
      [
        certificates,
        other(
          'type OpenAIProject @key(fields: "projectId") { projectId: ID! name: String } type Query { one: OpenAIProject }',
        ),
      ],
      both('INVALID_FIELD_SHARING'),
    ],
    [
      'if the certificates of one vendor had no key',
      [changed(/(type OpenAICertificate[^{]*?)@key\(fields: "id"\)/s, '$1'), teams],
      both('INTERFACE_KEY_NOT_ON_IMPLEMENTATION'),
    ],
  ])('%s', (_, subgraphs, codes) => {
    expect(compose(subgraphs)).toEqual({
      Apollo: { rejected: [codes.Apollo] },
      'The Guild': { rejected: [codes['The Guild']] },
    })
  })

  it('with Apollo only, with a subgraph that has CertificatePlace as one object and also a place type', () => {
    const allAndOne = other(`
      type CertificatePlace @key(fields: "id") @interfaceObject { id: ID! team: String }
      type OpenAIProject @key(fields: "projectId") { projectId: ID! }
      type Query { one: OpenAIProject }
    `)
    expect(compose([certificates, allAndOne])).toMatchObject({
      Apollo: { rejected: ['INTERFACE_OBJECT_USAGE_ERROR'] },
      'The Guild': { supergraph: expect.any(String) },
    })
  })

  function both(code: string) {
    return { Apollo: code, 'The Guild': code }
  }

  function withNode() {
    return changed('type Query {', 'type Query { node(id: ID!): Node')
  }
})
