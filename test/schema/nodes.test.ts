import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl, removeCertificate } from '../support/changing-places.ts'
import { everyNode, madeUpId, oneOfEachType } from '../support/every-node.ts'
import { type GraphQLAnswer, type Stack, startStack } from '../support/stack.ts'

type Answer = { readonly __typename: string; readonly id: string } | null

const certificateTypes = ['AkamaiCertificate', 'LivePersonCertificate', 'OpenAICertificate']
const otherTypes = [
  'AkamaiAccount',
  'AkamaiContract',
  'AkamaiEnrollment',
  'LivePersonAccount',
  'OpenAIOrganization',
  'OpenAIProject',
]

describe('a global id', () => {
  let stack: Stack
  let ids: ReadonlyMap<string, string>
  beforeAll(async () => {
    stack = await startStack({ limits: false })
    ids = await oneOfEachType(stack)
  })
  afterAll(() => stack.close())

  const idOf = (typename: string) => ids.get(typename) ?? `no ${typename}`
  const node = (id: string) =>
    stack.ask<{ node: Answer }>('query ($id: ID!) { node(id: $id) { __typename id } }', { id })
  const certificate = (id: string) =>
    stack.ask<{ certificate: Answer }>('query ($id: ID!) { certificate(id: $id) { __typename id } }', { id })
  const nodes = (list: readonly string[]) =>
    stack.ask<{ nodes: Answer[] } | null>('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: list })

  const rejection = ({ data, errors = [] }: GraphQLAnswer<object | null>) => ({
    data,
    errors: errors.map(({ path, extensions: { code } }) => ({ path, code })),
  })

  it.each([...certificateTypes, ...otherTypes])('of type %s is found by node', async (typename) => {
    const id = idOf(typename)
    expect(await node(id)).toEqual({ data: { node: { __typename: typename, id } } })
  })

  it.each(certificateTypes)(
    'of type %s is found by certificate, with the same values as in the list',
    async (typename) => {
      const id = idOf(typename)
      expect(await certificate(id)).toEqual({ data: { certificate: { __typename: typename, id } } })
      const fields =
        'id provider name active createdAt validFrom expiresAt expiryStatus daysUntilExpiry subject issuer serialNumber ' +
        'sha256Fingerprint keyAlgorithm signatureAlgorithm subjectAltNames asOf stale parseIssues place { id }'
      const { data } = await stack.ask<{
        certificate: object
        node: object
        certificates: { nodes: { id: string }[] }
      }>(
        `query ($id: ID!) {
        certificate(id: $id) { ${fields} }
        node(id: $id) { ... on Certificate { ${fields} } }
        certificates(first: 100) { nodes { ${fields} } }
      }`,
        { id },
      )
      expect(data.certificate).toEqual(data.certificates.nodes.find((each) => each.id === id))
      expect(data.node).toEqual(data.certificate)
    },
  )

  it.each(otherTypes)('of type %s is rejected by certificate', async (typename) => {
    const answer = await certificate(idOf(typename))
    expect(rejection(answer)).toEqual({
      data: { certificate: null },
      errors: [{ path: ['certificate'], code: 'BAD_USER_INPUT' }],
    })
  })

  it.each([
    ['an empty string', ''],
    ['a word', 'certificate'],
    ['a vendor’s own id', 'cert_48f6da66d73101'],
    ['base64 of another text', Buffer.from('nonsense').toString('base64')],
    ['a type of this API that has no ids', madeUpId('PageInfo', '1')],
    ['an interface', madeUpId('Certificate', 'org_bluequay', 'cert_1')],
    ['of the type constructor', madeUpId('constructor', '1')],
    ['an unknown type', madeUpId('AcmeCertificate', '1', '2')],
    ['not escaped where it has to be', madeUpId('OpenAIOrganization', 'org bluequay')],
    [
      'escaped where it need not be',
      madeUpId('OpenAIOrganization', `~${Buffer.from('org_bluequay').toString('base64url')}`),
    ],
    ['too long', madeUpId('OpenAIOrganization', 'a'.repeat(3000))],
  ])('that is %s is rejected by node, nodes and certificate', async (_, id) => {
    expect(rejection(await node(id))).toEqual({
      data: { node: null },
      errors: [{ path: ['node'], code: 'BAD_USER_INPUT' }],
    })
    expect(rejection(await certificate(id))).toMatchObject({
      errors: [{ path: ['certificate'], code: 'BAD_USER_INPUT' }],
    })
    expect(rejection(await nodes([id]))).toEqual({
      data: { nodes: [null] },
      errors: [{ path: ['nodes', 0], code: 'BAD_USER_INPUT' }],
    })
  })

  it.each([
    ['a space in front', (id: string) => ` ${id}`],
    ['a line break at the end', (id: string) => `${id}\n`],
    ['an additional character', (id: string) => `${id}A`],
    ['a missing character', (id: string) => id.slice(0, -1)],
    ['the base64url alphabet', (id: string) => Buffer.from(`${Buffer.from(id, 'base64')}:?>`).toString('base64url')],
  ])('with %s is invalid', async (_, change) => {
    for (const typename of [...certificateTypes, ...otherTypes]) {
      const answer = await node(change(idOf(typename)))
      expect({ typename, ...rejection(answer).errors[0] }).toEqual({ typename, path: ['node'], code: 'BAD_USER_INPUT' })
    }
  })

  it.each([...certificateTypes, ...otherTypes])(
    'of type %s with another key finds null without an error',
    async (typename) => {
      const [, ...key] = Buffer.from(idOf(typename), 'base64').toString().split(':')
      const changed = [...key.map((_, index) => key.with(index, 'other')), [...key, 'more'], key.slice(0, -1), []]
      for (const id of changed.map((names) => madeUpId(typename, ...names))) {
        expect({ id, ...(await node(id)) }).toEqual({ id, data: { node: null } })
        if (certificateTypes.includes(typename)) expect(await certificate(id)).toEqual({ data: { certificate: null } })
      }
    },
  )

  it('of a deleted certificate, enrollment or project finds null without an error', async () => {
    const all = await everyNode(stack)
    const gone = await startStack({ limits: false })
    for (const name of ['Service mesh', 'quotes.bluequay.example', 'bot-handover']) removeCertificate(gone, name)
    gone.openai.state.organizations[0]?.projects.forEach((project) => {
      project.archivedAt = 1
    })
    gone.clock.advance(beyondEveryTtl)
    const left = new Set((await everyNode(gone)).map(({ id }) => id))
    const missing = all.filter(({ id }) => !left.has(id))
    expect(missing.map(({ __typename }) => __typename).sort()).toEqual(
      [...certificateTypes, 'AkamaiEnrollment', ...Array.from({ length: 5 }, () => 'OpenAIProject')].sort(),
    )
    const answer = await gone.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: missing.map(({ id }) => id),
    })
    expect(answer).toEqual({ data: { nodes: missing.map(() => null) } })
    await gone.close()
  })
})
