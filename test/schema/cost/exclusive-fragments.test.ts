import { describe, expect, it } from '@jest/globals'
import {
  getNamedType,
  getOperationAST,
  getVariableValues,
  isInterfaceType,
  isLeafType,
  isObjectType,
  parse,
  validate,
} from 'graphql'
import { createBareSchema } from '../../../scripts/printed.ts'
import { createCostOf } from '../../../src/schema/cost/cost.ts'

const schema = createBareSchema()
const costIn = createCostOf(schema)

function cost(query: string, values: Readonly<Record<string, unknown>> = {}) {
  const document = parse(query)
  const definitions = getOperationAST(document)?.variableDefinitions ?? []
  const { coerced: variables = {} } = getVariableValues(schema, definitions, values)
  expect(validate(schema, document)).toEqual([])
  return costIn({ document, operationName: null, variables })?.cost
}

/** A page of two certificates costs 10, and 2 for each unit of a certificate. */
const page = (selection: string) => `{ certificates(first: 2) { nodes { ${selection} } } }`
const perCertificate = (units: number) => 10 + 2 * units

/** Every value of a type that is in a list, and every object without arguments with its values. */
function everyListField(typename: string, depth = 1): string {
  const type = schema.getType(typename)
  if (!(isObjectType(type) || isInterfaceType(type))) throw new Error(`${typename} has no fields`)
  const fields = Object.values(type.getFields()).filter(
    ({ name, args, extensions }) =>
      args.length === 0 && name !== 'lastActiveIn' && extensions['sharedCall'] !== 'flags',
  )
  return fields
    .flatMap(({ name, type: of }) => {
      const named = getNamedType(of)
      if (isLeafType(named)) return [name]
      return depth > 0 ? [`${name} { ${everyListField(named.name, depth - 1)} }`] : []
    })
    .join(' ')
}

describe('the cost of fragments on different types', () => {
  const vendors = ['OpenAICertificate', 'AkamaiCertificate', 'LivePersonCertificate']
  const everyList = vendors.map((type) => `... on ${type} { ${everyListField(type)} }`)
  const hundred = (selection: string) => `{ certificates(first: 100) { totalCount nodes { ${selection} } } }`

  it('is that of the dearest fragment, and within the default limit, for 100 certificates with every list field', () => {
    const each = everyList.map((fragment) => cost(hundred(fragment)) ?? 0)
    expect(cost(hundred(everyList.join(' ')))).toBe(Math.max(...each))
    expect(cost(hundred(`${everyListField('Certificate')} ${everyList.join(' ')}`))).toBe(Math.max(...each))
    expect(Math.max(...each)).toBeLessThanOrEqual(5_000)
    expect(Math.min(...each)).toBeGreaterThan(100)
  })

  it('is the maximum over the types that an object can have, plus the fields of every type', () => {
    const openAI = '... on OpenAICertificate { organization { id } }'
    const akamai = '... on AkamaiCertificate { contract { id } enrollment { id } }'
    expect(cost(page(openAI))).toBe(perCertificate(1 + 1))
    expect(cost(page(`${openAI} ${akamai}`))).toBe(perCertificate(1 + 2))
    expect(cost(page(`place { id } ${openAI} ${akamai}`))).toBe(perCertificate(1 + 1 + 2))
    expect(cost(page(`... on Node { ... on Certificate { place { id } } } ${openAI} ${akamai}`))).toBe(
      perCertificate(1 + 1 + 2),
    )
    expect(cost(page(`... { place { id } } ${openAI}`))).toBe(perCertificate(1 + 1 + 1))
  })

  it('is the maximum for fields with the same name in fragments of different types', () => {
    const list = (first: number) => `certificates(first: ${first}) { nodes { id } }`
    const query = `{ certificatePlaces(first: 1) { nodes {
      ... on OpenAIOrganization { ${list(5)} } ... on OpenAIProject { ${list(7)} } ... on AkamaiContract { ${list(6)} }
    } } }`
    expect(cost(query)).toBe(10 + 1 + 10 + 7)
  })

  it('is the maximum at each level of nested types', () => {
    const level = (below: string) =>
      `place { source { place { ... on OpenAIOrganization { projects(first: 3) { nodes { id } } }
        ... on AkamaiContract { account { id ${below} } } } } }`
    expect(cost(page(level('')))).toBe(perCertificate(1 + 1 + 11 + 13))
    const account = 'contracts(first: 5) { nodes { id } }'
    expect(cost(page(level(account)))).toBe(perCertificate(1 + 1 + 11 + (1 + 15)))
  })

  it('is the maximum over the members of a union', () => {
    const rename = (selection: string) =>
      `mutation { renameOpenAICertificate(input: { organizationId: "a", certificateId: "b", name: "c" }) { ${selection} } }`
    const success = '... on RenameOpenAICertificateSuccess { certificate { id organization { id } } }'
    const conflict = '... on CertificateConflictError { activeIn { id } }'
    const base = cost(rename('__typename')) ?? 0
    expect(base).toBeGreaterThan(0)
    expect(cost(rename(success))).toBe(base + 2)
    expect(cost(rename(`... on CertificateMutationError { code ${conflict} } ${success}`))).toBe(base + 10)
  })

  it('is the maximum over the types of entities', () => {
    const entities = (selection: string) =>
      `{ _entities(representations: [{ __typename: "OpenAIProject", projectId: "a" }]) { ${selection} } }`
    const project = '... on OpenAIProject { organization { id } }'
    const enrollment = '... on AkamaiEnrollment { contract { id } pendingChanges { changeType } }'
    expect(cost(entities(project))).toBe(11 + 1)
    expect(cost(entities(`${project} ${enrollment}`))).toBe(11 + 1 + 2)
  })

  it('is 0 for a fragment on a type that the object cannot have', () => {
    expect(cost(page('... on Node { ... on OpenAIProject { organization { id } } }'))).toBe(perCertificate(1))
  })
})

describe('the cost of fields with the same response name', () => {
  const named = (selection: string, fragments: string) => `${page(selection)} ${fragments}`

  it('is counted once, as they are resolved once', () => {
    expect(cost(page('place { id } place { name }'))).toBe(perCertificate(1 + 1))
    expect(cost(page('place { id } ... on Certificate { place { name source { status } } }'))).toBe(
      perCertificate(1 + 1 + 11),
    )
    expect(cost('{ certificates(first: 2) { nodes { subject } } certificates(first: 2) { nodes { issuer } } }')).toBe(
      perCertificate(1 + 10),
    )
  })

  it('is counted once in named fragments, also with the fields of a type', () => {
    const fragments = `
      fragment A on Certificate { place { id ...S } ...B }
      fragment B on Certificate { place { name ...S } ... on AkamaiCertificate { place { ...S } contract { id } } }
      fragment S on CertificatePlace { source { status } }`
    expect(cost(named('...A', fragments))).toBe(perCertificate(1 + 1 + 11 + 1))
    expect(cost(named('...A ...B', fragments))).toBe(perCertificate(1 + 1 + 11 + 1))
  })

  it('is counted again for an alias', () => {
    expect(cost(page('place { id } other: place { id }'))).toBe(perCertificate(1 + 2))
  })

  it('is counted for one call that values share, in whatever fragments they are', () => {
    expect(
      cost(page('subject ... on OpenAICertificate { issuer } ... on AkamaiCertificate { serialNumber trustChain }')),
    ).toBe(perCertificate(1 + 10))
  })
})

describe('the cost of fields with @skip and @include', () => {
  const query = `query ($on: Boolean = false) { certificates(first: 2) { nodes {
    subject @include(if: $on) ...P @skip(if: $on) ... @include(if: $on) { place { source { status } } } } } }
    fragment P on Certificate { place { id } }`

  it('is 0 for what they leave out', () => {
    expect(cost(query)).toBe(perCertificate(1 + 1))
    expect(cost(query, { on: true })).toBe(perCertificate(1 + 10 + 1 + 11))
    expect(cost('{ certificates(first: 2) @skip(if: true) { nodes { id } } __typename }')).toBe(0)
  })
})
