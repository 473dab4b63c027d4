import { afterEach, describe, expect, it } from '@jest/globals'
import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import { type Stack, startStack } from '../stack.ts'

const schema = createBareSchema()

/** The scopes that a field or a type takes, as the rule of the schema has them. */
function rulesOf({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }): readonly string[] {
  const { authScopes = {} } = (extensions['pothosOptions'] ?? {}) as { authScopes?: object }
  return Object.keys(authScopes)
}

const objectTypes = Object.values(schema.getTypeMap()).filter(isObjectType)
const isCertificate = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Certificate')

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
    const unguarded = objectTypes
      .filter((type) => type !== schema.getQueryType())
      .flatMap((type) => Object.values(type.getFields()).map((field) => [type, field] as const))
      .filter(([, field]) => getNamedType(field.type).name.endsWith('Connection'))
      .filter(([, field]) => !rulesOf(field).includes('certificates:read'))
    expect(unguarded.map(([type, field]) => `${type.name}.${field.name}`)).toEqual([])
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
        expect([field.name, rulesOf(field)]).toEqual([field.name, holdsPem ? ['certificates:content'] : []])
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
