import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type GraphQLField,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import { savedQueries } from '../support/saved-queries.ts'
import { type Stack, startStack } from '../support/stack.ts'

const schema = createBareSchema()
let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

interface Costed {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[]
  readonly extensions?: { readonly cost?: number }
}

async function ask(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Costed> {
  const response = await fetch(stack.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-certgraph-cost': '1', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as Costed
}
const costOf = async (query: string, variables: object = {}) => {
  const { extensions, errors } = await ask(query, variables)
  return extensions?.cost ?? errors?.[0]?.extensions['cost']
}

const everyField = `
  __typename id provider name active createdAt validFrom expiresAt expiryStatus daysUntilExpiry lifetimeRemaining subject
  issuer serialNumber sha256Fingerprint keyAlgorithm signatureAlgorithm subjectAltNames weaknesses weaknessesChecked asOf
  stale parseIssues`

describe('an operation', () => {
  it('costs nothing for values, one for an object, ten for a call, and a page its rows', async () => {
    expect(await costOf('{ __typename }')).toBe(0)
    expect(await costOf('{ certificates { totalCount complete pageInfo { hasNextPage } } }')).toBe(10)
    expect(await costOf('{ certificates { nodes { id __typename name } } }')).toBe(10 + 20)
    expect(await costOf('{ certificates(first: 7) { edges { cursor node { id } } } }')).toBe(10 + 7)
    expect(await costOf('{ certificates(last: 7) { nodes { scope { id } } } }')).toBe(10 + 7 * 2)
    expect(await costOf('query ($n: Int) { certificates(first: $n) { nodes { id } } }', { n: 3 })).toBe(10 + 3)
    expect(await costOf('query ($n: Int = 4) { certificates(first: $n) { nodes { id } } }')).toBe(10 + 4)
    expect(await costOf('{ certificates(first: 2) { nodes { subject } } }')).toBe(10 + 2 * (1 + 10))
    expect(await costOf('{ nodes(ids: ["a", "b"]) { id } }')).toBe(2 * 11)
    const entities = '{ _entities(representations: [{ __typename: "OpenAIOrganization", id: "a" }]) { __typename } }'
    expect(await costOf(entities)).toBe(11)
  })

  it('pays once for the values of a certificate that one call gives together', async () => {
    const once = 10 + 20 * (1 + 10)
    expect(await costOf('{ certificates { nodes { subject issuer } } }')).toBe(once)
    expect(await costOf('{ certificates { nodes { a: subject b: subject } } }')).toBe(once)
    expect(
      await costOf(
        '{ certificates { nodes { subject ... on OpenAICertificate { content isCA keySize } ... on AkamaiCertificate { pem } } } }',
      ),
    ).toBe(once)
  })

  it('pays once for them also where they stand in fragments, and in each place where those are spread', async () => {
    const fragments = `
      fragment A on Certificate { name subject ...B }
      fragment B on Certificate { issuer ... on OpenAICertificate { content ...C } }
      fragment C on OpenAICertificate { keySize organization { certificates(first: 1) { nodes { subject ...D } } } }
      fragment D on Certificate { serialNumber }`
    const inner = 1 + 10 + 1 * (1 + 10)
    const once = 10 + 20 * (1 + 10 + inner)
    expect(await costOf(`{ certificates { nodes { ...A ...D } } } ${fragments}`)).toBe(once)
    expect(await costOf(`{ certificates { nodes { keyAlgorithm ...A subject } } } ${fragments}`)).toBe(once)
    expect(await costOf(`{ certificates { nodes { ...A } } b: certificates { nodes { ...A } } } ${fragments}`)).toBe(
      2 * once,
    )
    expect(await costOf(`{ certificates { nodes { ...D } } } fragment D on Certificate { subject }`)).toBe(10 + 20 * 11)
  })

  it('pays for every call of fragments that spread each other over and over, in no time', async () => {
    const bomb = Array.from(
      { length: 60 },
      (_, i) => `fragment F${i} on Certificate { ...F${i + 1} ... on OpenAICertificate { ...F${i + 1} } subject }`,
    )
    const last = 'fragment F60 on Certificate { issuer ... on OpenAICertificate { activeProjectCount } }'
    expect(await costOf(`{ certificates { nodes { ...F0 } } } ${bomb.join(' ')} ${last}`)).toBe(10 + 20 * (1 + 10 + 10))
  })

  it('pays a filter that has to look into certificates', async () => {
    expect(await costOf('{ certificates(filter: { nameContains: "a" }) { totalCount } }')).toBe(10)
    expect(await costOf('{ certificates(filter: { subjectAltName: "a.example" }) { totalCount } }')).toBe(1_010)
  })

  it('pays ten entries of a list that nobody bounds, such as those of the statistics', async () => {
    expect(await costOf('{ certificateStatistics { total } }')).toBe(11)
    expect(await costOf('{ certificateStatistics { byScope { count key { id } } } }')).toBe(11 + 10 + 10)
    const duplicates = (values: string) => `{ certificateStatistics { duplicates { certificates { ${values} } } } }`
    expect(await costOf(duplicates('id'))).toBe(11 + 10 + 10 * 10)
    expect(await costOf(duplicates('issuer subject'))).toBe(11 + 10 + 10 * (10 + 10 * 10))
  })

  it('may be a hundred certificates with every field of the interface, their scopes and deployments', async () => {
    const query = `{ certificates(first: 100) {
      totalCount complete fresh pageInfo { hasNextPage endCursor }
      nodes { ${everyField}
        scope { id provider name source { status asOf certificateCount error { code message } rateBudget { remaining } } }
        ... on AkamaiCertificate { deployments { network role dnsNames sniOnly } }
      }
    } }`
    const { data, errors, extensions } = await ask(query)
    expect(data).toMatchObject({ certificates: { nodes: expect.any(Array) } })
    expect(errors?.map(({ extensions: { code } }) => code) ?? []).not.toContain('QUERY_TOO_COSTLY')
    expect(extensions?.cost).toBeLessThanOrEqual(5_000)
  })

  it('names every field of the interface in the test above', () => {
    const fields = Object.keys(interfaceFields()).filter((name) => name !== 'scope')
    expect(
      everyField
        .split(/\s+/)
        .filter((name) => name !== '' && name !== '__typename')
        .sort(),
    ).toEqual(fields.sort())
  })

  it('may be the content of a hundred certificates', async () => {
    const query = '{ certificates(first: 100) { nodes { ... on OpenAICertificate { content } } } }'
    expect(await costOf(query)).toBe(10 + 100 * 11)
  })

  it.each(savedQueries)('may be what GraphiQL opens with: %#', async (query) => {
    expect(await costOf(query)).toBeLessThanOrEqual(5_000)
  })

  it('may be what reads the schema, which costs nothing', async () => {
    expect(await costOf(getIntrospectionQuery())).toBe(0)
  })

  it.each([
    `{ certificates(first: 100) { nodes { ... on OpenAICertificate { organization { certificates(first: 100) { nodes { id } } } } } } }`,
    `{ scopes(first: 100) { nodes { ... on OpenAIOrganization { projects(first: 100) { nodes { id } } } } } }`,
    `{ certificates(first: 100) { nodes { ...C } } } fragment C on Certificate { ... on AkamaiCertificate { contract { certificates(first: 100) { edges { node { id } } } } } }`,
    `{ certificates(first: 1) { sources { scope { ... on OpenAIOrganization { certificates(first: 100) { nodes { content } } } } } } }`,
    `query ($n: Int = 100) { a: certificates(first: $n) { nodes { subject } } b: certificates(first: $n) { nodes { subject } } c: certificates(first: $n) { nodes { subject } } d: certificates(first: $n) { nodes { subject } } e: certificates(first: $n) { nodes { subject } } }`,
  ])('is refused when it is a bomb, before any vendor is called: %s', async (query) => {
    const before = stack.callsTo('').length
    const { data, errors } = await ask(query)
    expect(data).toBeUndefined()
    expect(errors).toHaveLength(1)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', limit: 5_000, cost: expect.any(Number) })
    expect(errors?.[0]?.extensions['cost']).toBeGreaterThan(5_000)
    expect(stack.callsTo('')).toHaveLength(before)
  })

  it('is told what it cost only when it asks', async () => {
    expect(await ask('{ __typename }', {}, { 'x-certgraph-cost': '0' })).toEqual({ data: { __typename: 'Query' } })
    expect(await ask('{ __typename }')).toEqual({ data: { __typename: 'Query' }, extensions: { cost: 0 } })
  })

  it('of which a page is too large is refused as that', async () => {
    const { errors } = await ask('{ certificates(first: 1000000) { nodes { id } } }')
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('whose arguments do not fit is refused as a whole: nothing goes unpaid', async () => {
    const query = `query ($d: Boolean = true) { certificates { nodes { id } } livePersonAccount(id: "1") { certificates(includeDeleted: $d) { totalCount } } }`
    const before = stack.callsTo('').length
    expect(await ask(query, { d: null })).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    expect(stack.callsTo('')).toHaveLength(before)
  })

  it('whose arguments do not fit where no price depends on them is paid, and answered beside that', async () => {
    const query = 'query ($id: ID = "a") { certificate(id: $id) { name } certificates { totalCount } }'
    const { data, errors, extensions } = await ask(query, { id: null })
    expect(data).toEqual({ certificate: null, certificates: { totalCount: expect.any(Number) } })
    expect(errors).toMatchObject([{ path: ['certificate'], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(extensions).toEqual({ cost: 11 + 10 })
  })
})

it('leaves nothing unpaid below what one call gives together: those are values', () => {
  const shared = everyPrice(schema).filter(({ field }) => field.extensions['sharedCall'] !== undefined)
  expect(shared.length).toBeGreaterThan(0)
  expect(shared.filter(({ field }) => !isLeafType(getNamedType(field.type)))).toEqual([])
})

it('knows the price of every field', () => {
  const unknown = everyPrice(schema).filter(({ field }) => field.extensions['complexity'] === undefined)
  expect(unknown.map(({ type, field }) => `${type}.${field.name}`)).toEqual([])
})

describe('every field of the schema that makes a call of its own', () => {
  // Their descriptions say so: "one call", "costs", "from its PEM" and the like.
  const tellsOfCalls = /\b(one call|a call of its own|costs? (the|one|a) |from its PEM|reads the place|made only when)/i

  it('is priced as one', () => {
    const unpriced: string[] = []
    for (const { type, field, price } of everyPrice(schema)) {
      if (tellsOfCalls.test(field.description ?? '') && price < 10) unpriced.push(`${type}.${field.name}`)
    }
    expect(unpriced).toEqual([])
  })

  it('is, where it is a value, one of these', () => {
    const priced = everyPrice(schema).filter(({ field, price }) => price >= 10 && isLeafType(getNamedType(field.type)))
    const names = [...new Set(priced.map(({ field }) => field.name))].sort()
    expect(names).toEqual(
      [
        ...[
          'activeProjectCount',
          'autoRenewalStartTime',
          'content',
          'isCA',
          'issuer',
          'keyAlgorithm',
          'keySize',
          'pem',
        ],
        ...['registrationAuthority', 'serialNumber', 'sha256Fingerprint', 'signatureAlgorithm', 'subject'],
        ...['subjectAltNames', 'trustChain', 'validationType', 'weaknesses', 'weaknessesChecked'],
      ].sort(),
    )
  })
})

function interfaceFields() {
  const Certificate = schema.getType('Certificate')
  if (!isInterfaceType(Certificate)) throw new Error('no interface')
  return Certificate.getFields()
}

/** What a selection of that field alone adds at the least, by the price it was given. */
function everyPrice(schema: GraphQLSchema) {
  const found: { type: string; field: GraphQLField<unknown, unknown>; price: number }[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue
    for (const field of Object.values(type.getFields())) {
      const given = field.extensions['complexity']
      const price = typeof given === 'function' ? given({}, {}, field) : given
      found.push({ type: type.name, field, price: typeof price === 'number' ? price : (price?.field ?? 0) })
    }
  }
  return found
}
