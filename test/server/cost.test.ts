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
import { openEventStream } from '../support/event-stream.ts'
import { savedQueries } from '../support/saved-queries.ts'
import { type Stack, startStack } from '../support/stack.ts'

const schema = createBareSchema()
let stack: Stack
beforeAll(async () => {
  stack = await startStack({ limits: false })
  // Until they are read, places count with an assumed size.
  await stack.ask('{ certificates { totalCount } }')
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
  stale parseIssues x509Issues keySize pem owner`

describe('the cost of an operation', () => {
  it('is 0 for a value, 1 for an object, 10 for a call, and a multiple for the rows of a page', async () => {
    expect(await costOf('{ __typename }')).toBe(0)
    expect(await costOf('{ certificates { totalCount complete pageInfo { hasNextPage } } }')).toBe(10)
    expect(await costOf('{ certificates { nodes { id __typename name } } }')).toBe(10 + 20)
    expect(await costOf('{ certificates(first: 7) { edges { cursor node { id } } } }')).toBe(10 + 7)
    expect(await costOf('{ certificates(last: 7) { nodes { place { id } } } }')).toBe(10 + 7 * 2)
    expect(await costOf('query ($n: Int) { certificates(first: $n) { nodes { id } } }', { n: 3 })).toBe(10 + 3)
    expect(await costOf('query ($n: Int = 4) { certificates(first: $n) { nodes { id } } }')).toBe(10 + 4)
    expect(await costOf('{ certificates(first: 2) { nodes { subject } } }')).toBe(10 + 2 * (1 + 10))
    expect(await costOf('{ nodes(ids: ["a", "b"]) { id } }')).toBe(2 * 11)
    const entities = '{ _entities(representations: [{ __typename: "OpenAIOrganization", id: "a" }]) { __typename } }'
    expect(await costOf(entities)).toBe(11)
  })

  it('counts the values of a certificate that come from one call once', async () => {
    const once = 10 + 20 * (1 + 10)
    expect(await costOf('{ certificates { nodes { subject issuer } } }')).toBe(once)
    expect(await costOf('{ certificates { nodes { a: subject b: subject } } }')).toBe(once)
    expect(
      await costOf(
        '{ certificates { nodes { subject ... on OpenAICertificate { pem isCA keySize } ... on AkamaiCertificate { pem } } } }',
      ),
    ).toBe(once)
  })

  it('counts them once in fragments too, and again in each place where the fragments are spread', async () => {
    const fragments = `
      fragment A on Certificate { name subject ...B }
      fragment B on Certificate { issuer ... on OpenAICertificate { pem ...C } }
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

  it('is computed quickly for fragments that spread each other many times', async () => {
    const bomb = Array.from(
      { length: 60 },
      (_, i) => `fragment F${i} on Certificate { ...F${i + 1} ... on OpenAICertificate { ...F${i + 1} } subject }`,
    )
    const last = 'fragment F60 on Certificate { issuer ... on OpenAICertificate { activeProjectCount } }'
    expect(await costOf(`{ certificates { nodes { ...F0 } } } ${bomb.join(' ')} ${last}`)).toBe(10 + 20 * (1 + 10 + 10))
  })

  it('includes the calls of a filter that reads certificates', async () => {
    expect(await costOf('{ certificates(filter: { nameContains: "a" }) { totalCount } }')).toBe(10)
    expect(await costOf('{ certificates(filter: { subjectAltName: "a.example" }) { totalCount } }')).toBe(1_010)
  })

  it('counts ten entries for a list of unknown length', async () => {
    expect(await costOf('{ certificateStatistics { total } }')).toBe(11)
    expect(await costOf('{ certificateStatistics { byProvider { count key } } }')).toBe(11 + 10)
    expect(await costOf('{ certificateStatistics { byExpiryMonth { count } } }')).toBe(11 + 24)
  })

  it('counts as many entries as there are for lists of places and of reports', async () => {
    const { data } = await stack.ask<{
      certificateStatistics: {
        byPlace: readonly unknown[]
        sources: readonly unknown[]
      }
    }>('{ certificateStatistics { byPlace { count } sources { kind } } }')
    const { byPlace, sources } = data.certificateStatistics
    expect(byPlace.length).toBeGreaterThan(2)
    expect(await costOf('{ certificateStatistics { byPlace { count key { id } } } }')).toBe(11 + 2 * byPlace.length)
    expect(await costOf('{ certificateStatistics { sources { status } } }')).toBe(11 + sources.length)
    expect(await costOf('{ certificates { sources { place { label } } } }')).toBe(10 + sources.length)
  })

  it('is within the limit for 100 certificates with every interface field, their places and deployments', async () => {
    const query = `{ certificates(first: 100) {
      totalCount complete fresh pageInfo { hasNextPage endCursor }
      nodes { ${everyField} { name }
        place { id provider name source { status asOf certificateCount error { code message } } rateLimit { remaining } }
        ... on AkamaiCertificate { deployments { network role dnsNames sniOnly } }
      }
    } }`
    const { data, errors, extensions } = await ask(query)
    expect(data).toMatchObject({ certificates: { nodes: expect.any(Array) } })
    expect(errors?.map(({ extensions: { code } }) => code) ?? []).not.toContain('QUERY_TOO_COSTLY')
    expect(extensions?.cost).toBeLessThanOrEqual(5_000)
  })

  it('is within the limit for 100 certificates with a fragment per vendor, and that of the dearest', async () => {
    const hundred = (nodes: string) => `{ certificates(first: 100) { totalCount nodes { ${nodes} } } }`
    const place = 'place { id name source { status asOf } }'
    const openAI = `... on OpenAICertificate { ${everyField} { name } ${place} certificateId organization { organizationId } }`
    const akamai = `... on AkamaiCertificate { ${everyField} { name } ${place} contract { contractId } renewalPending
      enrollment { enrollmentId pendingChanges { changeType } } deployments { network role } }`
    const livePerson = `... on LivePersonCertificate { ${everyField} { name } ${place} account { accountId } deleted }`
    const { data, extensions } = await ask(hundred(`${openAI} ${akamai} ${livePerson}`))
    expect(data).toMatchObject({ certificates: { totalCount: expect.any(Number) } })
    expect(extensions?.cost).toBe(await costOf(hundred(akamai)))
  })

  it('is tested above with every field of the interface', () => {
    const fields = Object.keys(interfaceFields()).filter((name) => name !== 'place')
    expect(
      everyField
        .split(/\s+/)
        .filter((name) => name !== '' && name !== '__typename')
        .sort(),
    ).toEqual(fields.sort())
  })

  it('is within the limit for the PEM of 100 certificates', async () => {
    const query = '{ certificates(first: 100) { nodes { ... on OpenAICertificate { pem } } } }'
    expect(await costOf(query)).toBe(10 + 100 * 11)
  })

  const isSubscription = (text: string) => /^subscription /m.test(text)

  it.each(savedQueries.filter((text) => !isSubscription(text)))(
    'is within the limit for the saved queries of GraphiQL: %#',
    async (query) => {
      expect(await costOf(query)).toBeLessThanOrEqual(5_000)
    },
  )

  it.each(savedQueries.filter(isSubscription))(
    'is that of one event for the saved subscriptions of GraphiQL: %#',
    async (query) => {
      const { headers, status, leave } = await openEventStream(new URL(stack.url).origin, { query })
      expect([status, Number(headers['x-certgraph-cost'])]).toEqual([200, 2])
      leave()
    },
  )

  it('is within the limit for introspection and for the schema as text', async () => {
    const full = { descriptions: true, inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true }
    expect(await costOf(getIntrospectionQuery(full))).toBeGreaterThan(500)
    expect(await costOf(getIntrospectionQuery(full))).toBeLessThan(2_500)
    expect(await costOf('{ _service { sdl } }')).toBe(101)
  })

  it('is over the limit for three descriptions of the whole schema', async () => {
    const fields = getIntrospectionQuery()
      .replace(/^[^{]*{/, '')
      .replace(/}\s*fragment FullType[\s\S]*$/, '')
    const fragments = getIntrospectionQuery().replace(/^[\s\S]*?(?=fragment FullType)/, '')
    const copies = (count: number) =>
      ask(`{ ${Array.from({ length: count }, (_, index) => `a${index}: ${fields.trim()}`).join(' ')} } ${fragments}`)
    expect((await copies(1)).errors).toBeUndefined()
    expect((await copies(3)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }])
  })

  it('grows with the objects that describe the schema', async () => {
    const types = (below: string) => costOf(`{ __schema { types { ${below} } } }`)
    expect(await types('name')).toBeGreaterThan(10)
    expect(await types('fields { name }')).toBeGreaterThan(3 * Number(await types('name')))
    expect(await types('fields { type { fields { name } } }')).toBeGreaterThan(500)
    expect(await types('possibleTypes { interfaces { name } }')).toBeGreaterThan(2 * Number(await types('name')))
  })

  it.each([
    `{ __schema { ${Array.from({ length: 10 }, (_, i) => `a${i}: types { fields { type { fields { name } } } }`).join(' ')} } }`,
    `{ certificates(first: 100) { nodes { ... on OpenAICertificate { organization { certificates(first: 100) { nodes { id } } } } } } }`,
    `{ certificatePlaces(first: 100) { nodes { ... on OpenAIOrganization { projects(first: 100) { nodes { id } } } } } }`,
    `{ certificates(first: 100) { nodes { ...C } } } fragment C on Certificate { ... on AkamaiCertificate { contract { certificates(first: 100) { edges { node { id } } } } } }`,
    `{ certificates(first: 1) { sources { place { ... on OpenAIOrganization { certificates(first: 100) { nodes { pem } } } } } } }`,
    `query ($n: Int = 100) { a: certificates(first: $n) { nodes { subject } } b: certificates(first: $n) { nodes { subject } } c: certificates(first: $n) { nodes { subject } } d: certificates(first: $n) { nodes { subject } } e: certificates(first: $n) { nodes { subject } } }`,
  ])('is over the limit for an abusive query, which calls no vendor: %s', async (query) => {
    const before = stack.callsTo('').length
    const { data, errors } = await ask(query)
    expect(data).toBeUndefined()
    expect(errors).toHaveLength(1)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', limit: 5_000, cost: expect.any(Number) })
    expect(errors?.[0]?.extensions['cost']).toBeGreaterThan(5_000)
    expect(stack.callsTo('')).toHaveLength(before)
  })

  it('is in the extensions only when the client requests it', async () => {
    expect(await ask('{ __typename }', {}, { 'x-certgraph-cost': '0' })).toEqual({ data: { __typename: 'Query' } })
    expect(await ask('{ __typename }')).toEqual({ data: { __typename: 'Query' }, extensions: { cost: 0 } })
  })

  it('does not replace the error about a page that is too large', async () => {
    const { errors } = await ask('{ certificates(first: 1000000) { nodes { id } } }')
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('does not leave out fields with invalid arguments: the whole operation fails', async () => {
    const query = 'query ($ids: [ID!] = ["a"]) { certificates { nodes { id } } nodes(ids: $ids) { id } }'
    const before = stack.callsTo('').length
    expect(await ask(query, { ids: null })).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    expect(stack.callsTo('')).toHaveLength(before)
  })

  it('counts fields whose invalid arguments do not affect the cost, and the other fields resolve', async () => {
    const query = 'query ($id: ID = "a") { certificate(id: $id) { name } certificates { totalCount } }'
    const { data, errors, extensions } = await ask(query, { id: null })
    expect(data).toEqual({ certificate: null, certificates: { totalCount: expect.any(Number) } })
    expect(errors).toMatchObject([{ path: ['certificate'], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(extensions).toEqual({ cost: 11 + 10 })
  })
})

it('leaves out nothing below fields that share a call: those are values', () => {
  const shared = everyPrice(schema).filter(({ field }) => field.extensions['sharedCall'] !== undefined)
  expect(shared.length).toBeGreaterThan(0)
  expect(shared.filter(({ field }) => !isLeafType(getNamedType(field.type)))).toEqual([])
})

it('is defined for every field', () => {
  const unknown = everyPrice(schema).filter(({ field }) => field.extensions['complexity'] === undefined)
  expect(unknown.map(({ type, field }) => `${type}.${field.name}`)).toEqual([])
})

describe('every field that makes its own call', () => {
  // Found by their descriptions, such as "one call", "costs" or "from its PEM".
  const tellsOfCalls = /\b(one call|a call of its own|costs? (the|one|a) |from its PEM|reads the place|made only when)/i

  it('costs a call', () => {
    const unpriced: string[] = []
    for (const { type, field, price } of everyPrice(schema)) {
      if (tellsOfCalls.test(field.description ?? '') && price < 10) unpriced.push(`${type}.${field.name}`)
    }
    expect(unpriced).toEqual([])
  })

  it('is one of these when it is a value', () => {
    const priced = everyPrice(schema).filter(
      ({ type, field, price }) => type !== '_Service' && price >= 10 && isLeafType(getNamedType(field.type)),
    )
    const names = [...new Set(priced.map(({ field }) => field.name))].sort()
    expect(names).toEqual(
      [
        ...[
          'activeProjectCount',
          'autoRenewalStartTime',
          'isCA',
          'issuer',
          'keyAlgorithm',
          'keySize',
          'lifetimeRemaining',
          'pem',
        ],
        ...['registrationAuthority', 'serialNumber', 'sha256Fingerprint', 'signatureAlgorithm', 'subject'],
        ...[
          'subjectAltNames',
          'trustChain',
          'validFrom',
          'validationType',
          'weaknesses',
          'weaknessesChecked',
          'x509Issues',
        ],
      ].sort(),
    )
  })
})

function interfaceFields() {
  const Certificate = schema.getType('Certificate')
  if (!isInterfaceType(Certificate)) throw new Error('no interface')
  return Certificate.getFields()
}

/** The minimum cost that the field adds to an operation. */
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
