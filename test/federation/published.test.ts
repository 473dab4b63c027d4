import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ConstDirectiveNode, Kind, type ObjectTypeDefinitionNode, parse, print } from 'graphql'
import { type Stack, startStack } from '../support/stack.ts'

const published = readFileSync('test/subgraph.graphql', 'utf8')
const { definitions } = parse(published, { noLocation: true })
const objects = definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
const interfaces = definitions.filter((node) => node.kind === Kind.INTERFACE_TYPE_DEFINITION)

const written = ({ directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] | undefined }) =>
  directives.map((directive) => print(directive))
const keysOf = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }) =>
  written(node).filter((text) => text.startsWith('@key'))
const isOf = (name: string) => (node: ObjectTypeDefinitionNode) =>
  node.interfaces?.some((each) => each.name.value === name) === true

describe('the published subgraph', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it('equals the schema that _service returns', async () => {
    const { data } = await stack.ask<{ _service: { sdl: string } }>('{ _service { sdl } }')
    expect(data._service.sdl).toBe(published)
  })

  it('names version 2.5 of federation, the oldest with @requiresScopes', () => {
    expect(published).toMatch(/^extend schema @link\(url: "https:\/\/specs\.apollo\.dev\/federation\/v2\.5", /)
  })

  it('has no @requiresScopes in _service when the configuration leaves it out, and is the same otherwise', async () => {
    const without = await startStack({
      configure: (file) => ({ ...file, federation: { requiresScopes: false } }),
    })
    try {
      const { data } = await without.ask<{ _service: { sdl: string } }>('{ _service { sdl } }')
      const expected = published
        .replace('import: ["@key", "@requiresScopes", ', 'import: ["@key", ')
        .replaceAll(/ @requiresScopes\(scopes: \[\["[^"]*"\]\]\)/g, '')
      expect(expected).not.toContain('requiresScopes')
      expect(data._service.sdl).toBe(expected)
    } finally {
      await without.close()
    }
  })

  it('does not contain node and nodes, which the running schema has', async () => {
    const query = objects.find(({ name }) => name.value === 'Query')
    const fields = query?.fields?.map(({ name }) => name.value)
    expect(fields).toContain('certificates')
    expect(fields).not.toContain('node')
    expect(fields).not.toContain('nodes')
    expect(await stack.ask('{ nodes(ids: []) { id } }')).toEqual({ data: { nodes: [] } })
  })

  it('has certificates as the first field of Query, and the fields for gateways as the last', async () => {
    const query = '__type(name: "Query") { fields { name } }'
    const namesIn = async (sent: string) => {
      const { data } = await stack.ask<{ __type: { fields: { name: string }[] } }>(sent)
      return data.__type.fields.map(({ name }) => name)
    }
    const ofGateways = await namesIn(`{ ${query} _service { __typename } }`)
    expect(ofGateways[0]).toBe('certificates')
    expect(ofGateways.slice(-2)).toEqual(['_entities', '_service'])
    // Only an operation of a gateway describes them: code generators stop at the scalar _Any.
    expect(await namesIn(`{ ${query} }`)).toEqual(ofGateways.slice(0, -2))
  })

  it.each(['Certificate', 'CertificatePlace'])('has a key on %s and on every type that implements it', (name) => {
    expect(interfaces.filter((each) => each.name.value === name).map(keysOf)).toEqual([['@key(fields: "id")']])
    const types = objects.filter(isOf(name))
    expect(types.length).toBeGreaterThanOrEqual(3)
    expect(types.filter((type) => !keysOf(type).includes('@key(fields: "id")'))).toEqual([])
  })

  it('has a key on every type that node finds, and on no other type', () => {
    const nodes = objects.filter(isOf('Node')).map(({ name }) => name.value)
    expect(objects.filter((type) => keysOf(type).length > 0).map(({ name }) => name.value)).toEqual(nodes)
  })

  it('has the vendor’s key on every type of place', () => {
    const vendorKeys = objects.filter(isOf('CertificatePlace')).map((type) => [type.name.value, keysOf(type)[1]])
    for (const [, key] of vendorKeys) expect(key).toMatch(/^@key\(fields: "\w+Id"\)$/)
    expect(Object.fromEntries(vendorKeys)).toMatchObject({
      AkamaiAccount: '@key(fields: "accountId")',
      AkamaiContract: '@key(fields: "contractId")',
      LivePersonAccount: '@key(fields: "accountId")',
      OpenAIOrganization: '@key(fields: "organizationId")',
      OpenAIProject: '@key(fields: "projectId")',
    })
  })

  it('requires a scope and has a tag on fields that return PEM and on mutations, and on no other field', () => {
    const guarded = objects.flatMap(({ name: type, fields = [] }) =>
      fields.flatMap((field) => {
        const texts = written(field)
        return texts.length > 0 ? [[`${type.value}.${field.name.value}`, texts.join(' ')] as const] : []
      }),
    )
    const content = '@requiresScopes(scopes: [["certificates:content"]]) @tag(name: "pem")'
    const write = '@requiresScopes(scopes: [["certificates:write"]]) @tag(name: "write")'
    const changes = objects.find(({ name }) => name.value === 'Mutation')?.fields ?? []
    expect(changes.length).toBeGreaterThan(0)
    expect(Object.fromEntries(guarded)).toEqual({
      'AkamaiCertificate.pem': content,
      'AkamaiCertificate.trustChain': content,
      'LivePersonCertificate.pem': content,
      'OpenAICertificate.pem': content,
      ...Object.fromEntries(changes.map(({ name }) => [`Mutation.${name.value}`, write])),
    })
  })

  it('marks types that are values as shareable', () => {
    const shared = objects.filter((type) => written(type).includes('@shareable')).map(({ name }) => name.value)
    expect(shared).toEqual(['PageInfo', 'RateLimit'])
  })
})
