import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createBareSchema } from '../../scripts/printed.ts'
import { askAs, digestOf } from '../support/callers.ts'
import { fieldsOf, sampleOf } from '../support/sample-fields.ts'
import { type Stack, startStack } from '../support/stack.ts'

const schema = createBareSchema()
const keys = {
  reader: [],
  viewer: ['certificates:read', 'certificates:content'],
  writer: ['certificates:write'],
  prober: ['certificates:content', 'certificates:write'],
} as const
const keyOf = (name: keyof typeof keys) => `cg_${name}-0123456789`

let stack: Stack

async function startWithKeys() {
  const apiKeys = Object.entries(keys).map(([name, scopes]) => ({
    name,
    sha256: digestOf(`cg_${name}-0123456789`),
    ...(scopes.length > 0 && { scopes }),
  }))
  stack = await startStack({ configure: (file) => ({ ...file, writes: 'enabled', access: { apiKeys } }) })
}

const as = (name: keyof typeof keys, query: string, variables = {}) => askAs(stack.url, keyOf(name), query, variables)

const forbidden = (field: string, scope: string) =>
  expect.objectContaining({
    message: `${field}: needs the scope ${scope}, which the caller does not have`,
    extensions: expect.objectContaining({ code: 'FORBIDDEN' }),
  })

describe('certificates:read', () => {
  beforeAll(startWithKeys)
  afterAll(() => stack.close())

  const queries = fieldsOf(schema, 'Query')
  it.each(queries.filter(({ name }) => name !== '_service').map((field) => [field.name, sampleOf(field)]))(
    'is required for %s',
    async (name, sample) => {
      const { status, data, errors } = await as('prober', `{ ${sample} }`)
      expect(status).toBe(200)
      expect(errors).toEqual([forbidden(name, 'certificates:read')])
      expect(data?.[name] ?? null).toBeNull()
      expect(stack.callsTo('')).toEqual([])
    },
  )

  it('is the only default permission of a key', async () => {
    const answer = await as(
      'reader',
      '{ certificates(first: 1) { totalCount } certificatePlaces(first: 1) { totalCount } }',
    )
    expect(answer.errors).toBeUndefined()
  })

  it('is required for all lists of places, also in the result of a mutation', async () => {
    const [certificate] = stack.openai.state.organizations[0]?.certificates ?? []
    const { data, errors } = await as(
      'writer',
      `mutation ($input: RenameOpenAICertificateInput!) {
        renameOpenAICertificate(input: $input) {
          ... on RenameOpenAICertificateSuccess {
            certificate {
              name
              projects { totalCount }
              organization { organizationId certificates { totalCount } projects { totalCount } }
            }
          }
        }
      }`,
      { input: { organizationId: 'org_bluequay', certificateId: certificate?.id, name: 'Renamed' } },
    )
    expect(data).toEqual({
      renameOpenAICertificate: {
        certificate: {
          name: 'Renamed',
          projects: null,
          organization: { organizationId: 'org_bluequay', certificates: null, projects: null },
        },
      },
    })
    expect(errors).toHaveLength(3)
    for (const error of errors ?? []) expect(error.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('certificates:content', () => {
  beforeAll(startWithKeys)
  afterAll(() => stack.close())

  const query = `{
    openai: certificates(first: 1, filter: { providers: [OPENAI] }) { nodes { name ... on OpenAICertificate { pem } } }
    akamai: certificates(first: 1, filter: { providers: [AKAMAI] }) { nodes { name ... on AkamaiCertificate { pem trustChain } } }
  }`

  it('is required for every PEM: without it only that field is null, and no call is made for it', async () => {
    const { data, errors } = await as('reader', query)
    expect(data).toEqual({
      openai: { nodes: [{ name: expect.any(String), pem: null }] },
      akamai: { nodes: [{ name: expect.any(String), pem: null, trustChain: null }] },
    })
    expect(errors).toEqual(
      expect.arrayContaining(['pem', 'trustChain'].map((field) => forbidden(field, 'certificates:content'))),
    )
    expect(stack.callsTo('/deployments/')).toEqual([])
    expect(stack.callsTo('include')).toEqual([])
  })

  it('gives access to them', async () => {
    const { data, errors } = await as('viewer', query)
    expect(errors).toBeUndefined()
    const pem = expect.stringContaining('BEGIN CERTIFICATE')
    expect(data).toMatchObject({ openai: { nodes: [{ pem }] }, akamai: { nodes: [{ pem }] } })
    expect(stack.callsTo('include')).toHaveLength(1)
    expect(stack.callsTo('/deployments/')).toHaveLength(1)
  })
})

describe('certificates:write', () => {
  beforeAll(startWithKeys)
  afterAll(() => stack.close())

  it.each(fieldsOf(schema, 'Mutation').map((field) => [field.name, sampleOf(field)]))(
    'is required for %s: without it the result is an error, and the audit log has a line',
    async (name, sample) => {
      const audits = () => stack.log.filter(({ audit }) => audit !== undefined)
      const before = audits().length
      const { data, errors } = await as(
        'viewer',
        `mutation { ${sample.replace('{ __typename }', '{ __typename ... on CertificateMutationError { code message } }')} }`,
      )
      expect(errors).toBeUndefined()
      expect(data).toEqual({
        [name]: {
          __typename: 'CertificateForbiddenError',
          code: 'FORBIDDEN',
          message: `${name}: needs the scope certificates:write, which the caller does not have`,
        },
      })
      expect(stack.callsTo('')).toEqual([])
      expect(audits().slice(before)).toEqual([
        expect.objectContaining({ audit: name, caller: 'viewer', organizationId: 'x', result: 'FORBIDDEN' }),
      ])
    },
  )
})
