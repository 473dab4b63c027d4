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

/** The scopes that a field or a type takes, as the rule of the schema has them. */
function rulesOf({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }): readonly string[] {
  const { authScopes = {} } = (extensions['pothosOptions'] ?? {}) as { authScopes?: object }
  return Object.keys(authScopes)
}

const objectTypes = Object.values(schema.getTypeMap()).filter(isObjectType)
const isCertificate = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Certificate')

const isOfList = ({ name }: GraphQLNamedType) => name.endsWith('Connection')
const isPlace = (type: GraphQLNamedType) =>
  type.name === 'CertificateScope' ||
  (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'CertificateScope'))
const hasList = (type: GraphQLOutputType): boolean => isListType(type) || (isNonNullType(type) && hasList(type.ofType))
const nameOf = ([type, field]: readonly [GraphQLObjectType, GraphQLField<unknown, unknown>]) =>
  `${type.name}.${field.name}`

describe('the schema', () => {
  it('has no change and no question without a rule', () => {
    for (const [type, scope] of [
      [schema.getMutationType(), 'certificates:write'],
      [schema.getQueryType(), 'certificates:read'],
    ] as const) {
      expect(type && rulesOf(type)).toEqual([scope])
      const skipped = Object.values(type?.getFields() ?? {}).filter(({ extensions }) => {
        const { skipTypeScopes } = (extensions['pothosOptions'] ?? {}) as { skipTypeScopes?: boolean }
        return skipTypeScopes
      })
      expect(skipped).toEqual([])
    }
  })

  it('has no list that what a change shows leads to without a rule', () => {
    const lists = objectTypes
      .filter((type) => type !== schema.getQueryType() && !isOfList(type))
      .flatMap((type) => Object.values(type.getFields()).map((field) => [type, field] as const))
      .filter(([, { type }]) => isOfList(getNamedType(type)) || (isPlace(getNamedType(type)) && hasList(type)))
    const guarded = lists.filter(([, field]) => rulesOf(field).includes('certificates:read'))
    expect(guarded.map(nameOf)).toEqual(
      expect.arrayContaining(['OpenAICertificate.projects', 'OpenAICertificate.lastActiveIn']),
    )
    // What is in the way of a change is the answer to it.
    expect(lists.filter((each) => !guarded.includes(each)).map(nameOf)).toEqual(['CertificateConflictError.activeIn'])
  })
})

describe('PEM', () => {
  let stack: Stack
  afterEach(() => stack.close())

  it('comes out of no field without a rule', async () => {
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
        expect([field.name, rulesOf(field).includes('certificates:content')]).toEqual([field.name, holdsPem])
        if (holdsPem) found.push(`${type.name}.${field.name}`)
      }
    }
    expect(found.toSorted()).toEqual([
      'AkamaiCertificate.pem',
      'AkamaiCertificate.trustChain',
      'OpenAICertificate.content',
    ])
  })
})

function isLeaf({ type, args }: GraphQLField<unknown, unknown>): boolean {
  return isLeafType(getNamedType(type)) && !args.some((arg) => isNonNullType(arg.type))
}
