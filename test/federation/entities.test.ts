import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { everyNode, madeUpId, oneOfEachType } from '../support/every-node.ts'
import { type GraphQLAnswer, type Stack, startStack } from '../support/stack.ts'

type Entities = { readonly _entities: readonly (Readonly<Record<string, unknown>> | null)[] }

describe('_entities', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ limits: false })
  })
  afterAll(() => stack.close())

  const entities = (representations: readonly unknown[], selection = '__typename ... on Node { id }') =>
    stack.ask<Entities>(`query ($them: [_Any!]!) { _entities(representations: $them) { ${selection} } }`, {
      them: representations,
    })
  const codes = ({ errors = [] }: GraphQLAnswer<unknown>) =>
    errors.map(({ path, extensions: { code } }) => ({ path, code }))

  it('finds every node by its type and global id', async () => {
    const all = await everyNode(stack)
    const { data, errors } = await entities(all.slice(0, 200).map(({ __typename, id }) => ({ __typename, id })))
    expect(errors).toBeUndefined()
    expect(data._entities).toEqual(all.slice(0, 200).map(({ __typename, id }) => ({ __typename, id })))
  })

  it('finds certificates and places of every vendor by the name of their interface', async () => {
    const ids = await oneOfEachType(stack)
    const named = (name: string, types: readonly string[]) =>
      types.map((__typename) => ({ asked: { __typename: name, id: ids.get(__typename) }, __typename }))
    const asked = [
      ...named('Certificate', ['AkamaiCertificate', 'LivePersonCertificate', 'OpenAICertificate']),
      ...named('CertificatePlace', ['AkamaiAccount', 'AkamaiContract', 'LivePersonAccount', 'OpenAIOrganization']),
      ...named('CertificatePlace', ['OpenAIProject']),
    ]
    const answer = await entities(
      asked.map((each) => each.asked),
      '__typename ... on Certificate { id provider } ... on CertificatePlace { id provider }',
    )
    expect(answer.errors).toBeUndefined()
    expect(answer.data._entities).toMatchObject(
      asked.map(({ __typename, asked: { id } }) => ({ __typename, id, provider: expect.any(String) })),
    )
  })

  it.each([
    { __typename: 'OpenAIOrganization', organizationId: 'org_bluequay' },
    { __typename: 'OpenAIProject', projectId: 'proj_6adc711a653e0f97' },
    { __typename: 'AkamaiAccount', accountId: 'bluequay' },
    { __typename: 'AkamaiContract', contractId: 'K-2CB4PY1' },
    { __typename: 'AkamaiEnrollment', enrollmentId: '219540', contract: { contractId: 'K-2CB4PY1' } },
    { __typename: 'LivePersonAccount', accountId: '52710934' },
  ])('finds $__typename by the vendor’s key, and returns null for an unknown key', async (known) => {
    const { __typename, ...key } = known
    const selection = `__typename ... on ${__typename} { ${selectionOf(key)} }`
    const unknown = JSON.parse(JSON.stringify(known), (field, value) => (field.endsWith('Id') ? 'other' : value))
    expect(await entities([known, unknown], selection)).toEqual({ data: { _entities: [known, null] } })
  })

  it('accepts integers in a vendor’s key, as GraphQL does for ids', async () => {
    const answer = await entities([{ __typename: 'LivePersonAccount', accountId: 52_710_934 }], '__typename')
    expect(answer).toEqual({ data: { _entities: [{ __typename: 'LivePersonAccount' }] } })
  })

  it('makes one call for twenty certificates of a place, and for twenty representations of a project', async () => {
    const all = await everyNode(stack)
    const [first] = all.filter(({ __typename }) => __typename === 'OpenAICertificate')
    stack.clock.advance(beyondEveryTtl)
    const before = stack.callsTo('/organization/certificates').length
    const twenty = Array.from({ length: 20 }, (_, index) => ({
      __typename: index % 2 ? 'Certificate' : 'OpenAICertificate',
    }))
    const { data } = await entities(
      twenty.map((each) => ({ ...each, id: first?.id })),
      '... on Certificate { name }',
    )
    expect(data._entities.every((each) => typeof each?.['name'] === 'string')).toBe(true)
    expect(stack.callsTo('/organization/certificates').length - before).toBe(1)

    const project = { __typename: 'OpenAIProject', projectId: 'proj_6adc711a653e0f97' }
    const selection = '... on OpenAIProject { certificates(first: 1) { totalCount } }'
    const listed = stack.callsTo('/projects').length
    const answer = await entities(
      Array.from({ length: 20 }, () => project),
      selection,
    )
    expect(new Set(answer.data._entities.map((each) => JSON.stringify(each))).size).toBe(1)
    // The list of projects, and the list of the project's certificates.
    expect(stack.callsTo('/projects').length - listed).toBe(2)
  })

  it.each([
    ['that is not an object', 'OpenAIProject'],
    ['without a type', { id: madeUpId('OpenAIOrganization', 'org_bluequay') }],
    ['of an unknown type', { __typename: 'Team', id: '1' }],
    ['of a type without keys', { __typename: 'PageInfo', hasNextPage: true }],
    ['of the type constructor', { __typename: 'constructor', id: '1' }],
    ['without a key', { __typename: 'AkamaiContract' }],
    ['with a key that is not an id', { __typename: 'AkamaiContract', contractId: { contractId: 'C-1BQ7FR8' } }],
    ['with a part of a key', { __typename: 'AkamaiEnrollment', enrollmentId: '219540' }],
    ['with a path as an id', { __typename: 'OpenAIProject', projectId: '../organizations' }],
    ['with a query string as an id', { __typename: 'AkamaiContract', contractId: 'C-1?contractId=C-2' }],
    ['with a malformed global id', { __typename: 'Certificate', id: 'cert_1' }],
    ['with the global id of another type', { __typename: 'Certificate', id: madeUpId('OpenAIProject', 'o', 'p') }],
  ])('rejects a representation %s, at its index only', async (_, representation) => {
    const known = { __typename: 'OpenAIOrganization', organizationId: 'org_bluequay' }
    const answer = await entities([known, representation, known], '__typename')
    const found = { __typename: 'OpenAIOrganization' }
    expect(answer.data._entities).toEqual([found, null, found])
    expect(codes(answer)).toEqual([{ path: ['_entities', 1], code: 'BAD_USER_INPUT' }])
  })

  it('names the expected type and the type of an id in the error for the wrong type', async () => {
    const project = madeUpId('OpenAIProject', 'o', 'p')
    const enrollment = madeUpId('AkamaiEnrollment', 'C-1', '1')
    const { errors = [] } = await stack.ask(
      `query ($them: [_Any!]!) {
        _entities(representations: $them) { __typename }
        certificate(id: "${enrollment}") { id }
        certificates(filter: { placeIds: ["${enrollment}"] }) { totalCount }
      }`,
      { them: [{ __typename: 'OpenAICertificate', id: project }, { __typename: 'AkamaiCertificate' }] },
    )
    expect(errors.map(({ message }) => message).toSorted()).toEqual([
      'filter.placeIds[0]: expected the id of a place, not of type AkamaiEnrollment; see `certificatePlaces`',
      'id: expected the id of a certificate, not of type AkamaiEnrollment; use `node` for other types',
      'representations[0].id: expected the id of type OpenAICertificate, not OpenAIProject',
      'representations[1].id: expected the id of type AkamaiCertificate',
    ])
  })

  it('returns an error for a failed vendor at the index of its representation only', async () => {
    stack.clock.advance(beyondEveryTtl)
    const repair = stack.akamai.emulator.fault({ effect: { status: 403 } })
    const contract = { __typename: 'AkamaiContract', contractId: 'K-0' }
    const account = { __typename: 'LivePersonAccount', accountId: '52710934' }
    const answer = await entities([contract, account], '__typename')
    repair()
    expect(answer.data._entities).toEqual([null, { __typename: 'LivePersonAccount' }])
    expect(codes(answer)).toEqual([{ path: ['_entities', 0], code: 'UPSTREAM_FORBIDDEN' }])
  })

  it('accepts 200 representations, and rejects 201 without a call', async () => {
    const contract = { __typename: 'AkamaiContract', contractId: 'K-2CB4PY1' }
    stack.clock.advance(beyondEveryTtl)
    const before = stack.callsTo('/').length
    const rejected = await entities(
      Array.from({ length: 201 }, () => contract),
      '__typename',
    )
    expect(rejected).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    expect(rejected.errors?.[0]?.message).toBe('representations: 201 entries; expected at most 200')
    expect(stack.callsTo('/').length).toBe(before)
    const { data } = await entities(
      Array.from({ length: 200 }, () => contract),
      '__typename',
    )
    expect(data._entities).toEqual(Array.from({ length: 200 }, () => ({ __typename: 'AkamaiContract' })))
  })
})

function selectionOf(key: object): string {
  return Object.entries(key)
    .map(([field, value]) => (typeof value === 'object' ? `${field} { ${selectionOf(value)} }` : field))
    .join(' ')
}
