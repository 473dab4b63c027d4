import { afterEach, describe, expect, it } from '@jest/globals'
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import { type Stack, startStack } from '../support/stack.ts'

const schema = createBareSchema()

/** The permissions that a field or a type requires, from its rule in the schema. */
function rulesOf({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }): readonly string[] {
  const { authScopes = {} } = (extensions['pothosOptions'] ?? {}) as { authScopes?: object }
  return Object.keys(authScopes)
}

const objectTypes = Object.values(schema.getTypeMap()).filter(isObjectType)
const isCertificate = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Certificate')

const isOfList = ({ name }: GraphQLNamedType) => name.endsWith('Connection')
const isPlace = (type: GraphQLNamedType) =>
  type.name === 'CertificatePlace' ||
  (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'CertificatePlace'))
const hasList = (type: GraphQLOutputType): boolean => isListType(type) || (isNonNullType(type) && hasList(type.ofType))
const nameOf = ([type, field]: readonly [GraphQLObjectType, GraphQLField<unknown, unknown>]) =>
  `${type.name}.${field.name}`

describe('the schema', () => {
  it('has a rule for every query and mutation', () => {
    // Gateways read the SDL without a permission.
    for (const [type, permission, exceptions] of [
      [schema.getMutationType(), 'certificates:write', []],
      [schema.getQueryType(), 'certificates:read', ['_service']],
    ] as const) {
      expect(type && rulesOf(type)).toEqual([permission])
      const skipped = Object.values(type?.getFields() ?? {}).filter(({ extensions }) => {
        const { skipTypeScopes } = (extensions['pothosOptions'] ?? {}) as { skipTypeScopes?: boolean }
        return skipTypeScopes
      })
      expect(skipped.map(({ name }) => name)).toEqual(exceptions)
    }
  })

  it('has a rule for every list that the result of a mutation leads to', () => {
    const lists = objectTypes
      .filter((type) => type !== schema.getQueryType() && !isOfList(type))
      .flatMap((type) => Object.values(type.getFields()).map((field) => [type, field] as const))
      .filter(([, { type }]) => isOfList(getNamedType(type)) || (isPlace(getNamedType(type)) && hasList(type)))
    const guarded = lists.filter(([, field]) => rulesOf(field).includes('certificates:read'))
    expect(guarded.map(nameOf)).toEqual(
      expect.arrayContaining(['OpenAICertificate.projects', 'OpenAICertificate.lastActiveIn']),
    )
    // The places where a certificate is active are part of the error of a mutation.
    expect(lists.filter((each) => !guarded.includes(each)).map(nameOf)).toEqual(['CertificateConflictError.activeIn'])
  })
})

describe('PEM', () => {
  let stack: Stack
  afterEach(() => stack.close())

  it('is returned only by fields with a rule', async () => {
    stack = await startStack()
    const found: string[] = []
    for (const type of objectTypes.filter(isCertificate)) {
      const leaves = Object.values(type.getFields()).filter(isLeaf)
      const provider = type.name.replace('Certificate', '').toUpperCase()
      const { data } = await stack.ask<{ certificates: { nodes: Record<string, unknown>[] } }>(
        `{ certificates(first: 3, filter: { providers: [${provider}] }) { nodes { ... on ${type.name} { ${leaves.map(({ name }) => name).join(' ')} } } } }`,
      )
      expect(data.certificates.nodes).not.toEqual([])
      for (const field of leaves) {
        const holdsPem = data.certificates.nodes.some((node) =>
          JSON.stringify(node[field.name] ?? '').includes('-----BEGIN'),
        )
        // LivePerson returns no PEM: the rule is that of the interface.
        const isPem = holdsPem || field.name === 'pem'
        expect([field.name, rulesOf(field).includes('certificates:content')]).toEqual([field.name, isPem])
        if (holdsPem) found.push(`${type.name}.${field.name}`)
      }
    }
    expect(found.toSorted()).toEqual(['AkamaiCertificate.pem', 'AkamaiCertificate.trustChain', 'OpenAICertificate.pem'])
  })
})

function isLeaf({ type, args }: GraphQLField<unknown, unknown>): boolean {
  return isLeafType(getNamedType(type)) && !args.some((arg) => isNonNullType(arg.type))
}
