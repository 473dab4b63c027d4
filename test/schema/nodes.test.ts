import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl, removeCertificate } from '../support/changing-places.ts'
import { everyNode, madeUpId, oneOfEachType } from '../support/every-node.ts'
import { type GraphQLAnswer, type Stack, startStack } from '../support/stack.ts'

type Found = { readonly __typename: string; readonly id: string } | null

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
    stack.ask<{ node: Found }>('query ($id: ID!) { node(id: $id) { __typename id } }', { id })
  const certificate = (id: string) =>
    stack.ask<{ certificate: Found }>('query ($id: ID!) { certificate(id: $id) { __typename id } }', { id })
  const nodes = (list: readonly string[]) =>
    stack.ask<{ nodes: Found[] } | null>('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: list })

  const refusals = ({ data, errors = [] }: GraphQLAnswer<object | null>) => ({
    data,
    errors: errors.map(({ path, extensions: { code } }) => ({ path, code })),
  })

  it.each([...certificateTypes, ...otherTypes])('of a %s is found by node', async (typename) => {
    const id = idOf(typename)
    expect(await node(id)).toEqual({ data: { node: { __typename: typename, id } } })
  })

  it.each(certificateTypes)(
    'of a %s is found by certificate, with the same fields as in the list',
    async (typename) => {
      const id = idOf(typename)
      expect(await certificate(id)).toEqual({ data: { certificate: { __typename: typename, id } } })
      const fields =
        'id provider name active createdAt validFrom expiresAt expiryStatus daysUntilExpiry subject issuer serialNumber ' +
        'sha256Fingerprint keyAlgorithm signatureAlgorithm subjectAltNames asOf stale parseIssues scope { id }'
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

  it.each(otherTypes)('of a %s is refused by certificate', async (typename) => {
    const answer = await certificate(idOf(typename))
    expect(refusals(answer)).toEqual({
      data: { certificate: null },
      errors: [{ path: ['certificate'], code: 'BAD_USER_INPUT' }],
    })
  })

  it.each([
    ['nothing', ''],
    ['a word', 'certificate'],
    ['a vendor’s own id', 'cert_48f6da66d73101'],
    ['base64 of nothing known', Buffer.from('nonsense').toString('base64')],
    ['a type of this API that has no ids', madeUpId('PageInfo', '1')],
    ['an interface', madeUpId('Certificate', 'org_bluequay', 'cert_1')],
    ['a member of every object', madeUpId('constructor', '1')],
    ['an unknown type', madeUpId('AcmeCertificate', '1', '2')],
    ['a name that is not escaped', madeUpId('OpenAIOrganization', 'org bluequay')],
    [
      'one that is escaped without need',
      madeUpId('OpenAIOrganization', `~${Buffer.from('org_bluequay').toString('base64url')}`),
    ],
    ['an overlong one', madeUpId('OpenAIOrganization', 'a'.repeat(3000))],
  ])('that is %s is refused by node, nodes and certificate', async (_, id) => {
    expect(refusals(await node(id))).toEqual({
      data: { node: null },
      errors: [{ path: ['node'], code: 'BAD_USER_INPUT' }],
    })
    expect(refusals(await certificate(id))).toMatchObject({
      errors: [{ path: ['certificate'], code: 'BAD_USER_INPUT' }],
    })
    expect(refusals(await nodes([id]))).toEqual({
      data: { nodes: [null] },
      errors: [{ path: ['nodes', 0], code: 'BAD_USER_INPUT' }],
    })
  })

  it.each([
    ['a space before', (id: string) => ` ${id}`],
    ['a line break behind', (id: string) => `${id}\n`],
    ['one character more', (id: string) => `${id}A`],
    ['one character less', (id: string) => id.slice(0, -1)],
    ['another alphabet', (id: string) => Buffer.from(`${Buffer.from(id, 'base64')}:?>`).toString('base64url')],
  ])('with %s is no id', async (_, change) => {
    for (const typename of [...certificateTypes, ...otherTypes]) {
      const answer = await node(change(idOf(typename)))
      expect({ typename, ...refusals(answer).errors[0] }).toEqual({ typename, path: ['node'], code: 'BAD_USER_INPUT' })
    }
  })

  it.each([...certificateTypes, ...otherTypes])(
    'of a %s with another name in it is of nothing, and no error',
    async (typename) => {
      const [, ...key] = Buffer.from(idOf(typename), 'base64').toString().split(':')
      const changed = [...key.map((_, index) => key.with(index, 'other')), [...key, 'more'], key.slice(0, -1), []]
      for (const id of changed.map((names) => madeUpId(typename, ...names))) {
        expect({ id, ...(await node(id)) }).toEqual({ id, data: { node: null } })
        if (certificateTypes.includes(typename)) expect(await certificate(id)).toEqual({ data: { certificate: null } })
      }
    },
  )

  it('of a certificate, an enrollment or a project that is gone is of nothing, and no error', async () => {
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
