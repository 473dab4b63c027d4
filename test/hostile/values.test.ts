import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type GraphQLArgument,
  type GraphQLField,
  GraphQLID,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import { lowestCost } from '../support/cpu-time.ts'
import { maxGrowth, memoryAfterCollection } from '../support/memory.ts'
import { type Stack, startStack } from '../support/stack.ts'

const schema = createBareSchema()
let stack: Stack
let before: number
beforeAll(async () => {
  // Requests with long values exceed the default body limit.
  stack = await startStack({
    limits: false,
    configure: (file) => ({ ...file, writes: 'enabled', limits: { body: '5MB' } }),
  })
  before = memoryAfterCollection()
})
afterEach(async () => {
  expect(await stack.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } })
})
afterAll(async () => {
  expect(memoryAfterCollection() - before).toBeLessThan(maxGrowth)
  await stack.close()
})

const long = 'x'.repeat(1_000_000)
const base64 = (text: string) => Buffer.from(text).toString('base64')
const traversals = [
  '..',
  '../..',
  '..%2f',
  '%2e%2e',
  '%2E%2E%2F',
  '%252e%252e',
  '..\\',
  '.%2e/',
  '\u2025',
  '..;/',
  '／..',
]
const values = ['', '\u0000', 'a\u0000b', '\ud800', 'a\udfffb', ...traversals, long]
const named = [
  ...values,
  ...traversals.flatMap((text) => [
    base64(text),
    base64(`OpenAICertificate:${text}:${text}`),
    base64(`AkamaiContract:${text}:${text}`),
  ]),
].map((value) => [value === long ? '1 MB' : JSON.stringify(value), value] as const)

/** Such a value is a valid id, though an unknown one. */
const looksLikeAnId = (value: string) => /^[\w-]{0,128}$/.test(value)

/** The codes for an invalid value. */
const rejections = ['BAD_USER_INPUT', 'NOT_CONFIGURED', 'FORBIDDEN']

interface Outcome {
  readonly codes: readonly string[]
  readonly length: number
}

async function codesOf(query: string, variables: object): Promise<Outcome> {
  const response = await fetch(stack.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const text = await response.text()
  const { data, errors = [] } = JSON.parse(text)
  const inData = Object.values(data ?? {}).flatMap((value) => Object(value).code ?? [])
  return {
    codes: [...errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code), ...inData],
    length: text.length,
  }
}

/** The path to every id in the arguments of root fields, at any depth of their inputs. */
const places = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
  Object.values(root?.getFields() ?? {})
    .filter(({ name }) => !name.startsWith('_'))
    .flatMap((field) =>
      field.args.flatMap((argument) => pathsToIds(argument).map((path) => ({ root: root?.name ?? '', field, path }))),
    ),
)

describe.each(places.map((place) => [`${place.field.name}(${place.path.join('.')}:)`, place] as const))(
  'an id in %s',
  (_name, { root, field, path }) => {
    it('is rejected when it is invalid, without a call to another path and without being repeated', async () => {
      for (const [name, value] of named) {
        const { codes, length } = await codesOf(toQuery(root, field), toVariables(field, path, value))
        expect([
          name,
          codes.length > 0 || looksLikeAnId(value),
          codes.filter((code) => !rejections.includes(code)),
        ]).toEqual([name, true, []])
        expect(length).toBeLessThan(20_000)
      }
      for (const part of ['..', '%2', '//', '\\']) expect(stack.callsTo(part)).toEqual([])
    })
  },
)

describe('a filter', () => {
  it.each(['nameContains', 'issuerContains', 'subjectAltName', 'serialNumber', 'sha256Fingerprint'])(
    'accepts or rejects any text in %s',
    async (name) => {
      for (const value of values) {
        const { codes } = await codesOf('query ($f: CertificateFilter) { certificates(filter: $f) { totalCount } }', {
          f: { [name]: value },
        })
        expect(codes.filter((code) => code !== 'BAD_USER_INPUT')).toEqual([])
      }
    },
  )
})

describe('a request of 90 kB', () => {
  it.each([
    ['line breaks after an END line', `-----END ${'\n'.repeat(90_000)}`],
    ['BEGIN lines', '-----BEGIN CERTIFICATE-----\n'.repeat(3_200)],
    ['escaped quotes', '"\\'.repeat(22_500)],
    ['combining marks', '\u0315\u0300\u0327'.repeat(15_000)],
    ['digits', '9'.repeat(90_000)],
  ])('with %s costs less than a second of CPU', async (_name, repeated) => {
    const filter = 'query ($f: CertificateFilter) { certificates(filter: $f) { totalCount } }'
    const send = async (run: number) => {
      const text = `${repeated}${run}`
      await codesOf(filter, { f: text })
      await codesOf(filter, { f: { providers: [text], expiresWithin: text } })
      await codesOf(filter, { f: { nameContains: text } })
      await codesOf(filter, { f: { serialNumber: text } })
      await codesOf(`{ certificates(filter: { providers: ${JSON.stringify(text)} }) { totalCount } }`, {})
      await codesOf(JSON.stringify(text), {})
    }
    expect(await lowestCost(send, 1)).toBeLessThan(1)
  })
})

describe('a cursor', () => {
  const query =
    'query ($after: String, $before: String) { certificates(first: 2, after: $after, before: $before) { pageInfo { endCursor } } }'

  it('is rejected when it is invalid', async () => {
    for (const value of values.filter((each) => each !== '')) {
      const { codes, length } = await codesOf(query, { after: value })
      expect([value.slice(0, 20), codes]).toEqual([value.slice(0, 20), ['BAD_USER_INPUT']])
      expect(length).toBeLessThan(2_000)
    }
  })

  it('that was changed is rejected or is a valid cursor', async () => {
    const { data } = await stack.ask<{ certificates: { pageInfo: { endCursor: string } } }>(query)
    const { endCursor } = data.certificates.pageInfo
    const decoded = Buffer.from(endCursor, 'base64').toString()
    const tampered = [
      endCursor.slice(1),
      endCursor.slice(0, -3),
      `${endCursor}${endCursor}`,
      endCursor.toLowerCase(),
      ...[...endCursor].map((_, index) => `${endCursor.slice(0, index)}A${endCursor.slice(index + 1)}`),
      ...[
        'null',
        '[]',
        '{}',
        '[[]]',
        '"a"',
        '-1',
        `[${'['.repeat(10_000)}`,
        decoded.replaceAll(/\d/g, '9'),
        decoded.replaceAll('"', ''),
      ].map(base64),
    ]
    for (const cursor of tampered) {
      const { codes } = await codesOf(query, { before: cursor })
      expect(codes.filter((code) => code !== 'BAD_USER_INPUT')).toEqual([])
    }
  })
})

describe('an id of another type', () => {
  it('is rejected', async () => {
    const { data } = await stack.ask<{
      certificates: { nodes: { id: string }[] }
      certificatePlaces: { nodes: { id: string }[] }
    }>('{ certificates { nodes { id } } certificatePlaces { nodes { id } } }')
    const certificate = data.certificates.nodes[0]?.id
    const place = data.certificatePlaces.nodes[0]?.id
    expect((await codesOf('query ($id: ID!) { certificate(id: $id) { id } }', { id: place })).codes).toEqual([
      'BAD_USER_INPUT',
    ])
    const filter = 'query ($id: ID!) { certificates(filter: { placeIds: [$id] }) { totalCount } }'
    expect((await codesOf(filter, { id: certificate })).codes).toEqual(['BAD_USER_INPUT'])
    for (const root of ['openAIOrganization', 'openAIProject', 'akamaiContract', 'livePersonAccount']) {
      const { codes } = await codesOf(`query ($id: ID!) { ${root}(id: $id) { id } }`, { id: place })
      expect([root, codes.filter((code) => !rejections.includes(code)), codes.length]).toEqual([root, [], 1])
    }
  })
})

function pathsToIds(input: GraphQLArgument | GraphQLInputField): readonly (readonly string[])[] {
  const type = getNamedType(input.type)
  if (type === GraphQLID) return [[input.name]]
  if (!isInputObjectType(type)) return []
  return Object.values(type.getFields()).flatMap((field) => pathsToIds(field).map((path) => [input.name, ...path]))
}

function toQuery(root: string, field: GraphQLField<unknown, unknown>): string {
  const { name, args, type } = field
  const needed = args.filter((argument) => isNonNullType(argument.type) || pathsToIds(argument).length > 0)
  const defined = needed.map((argument) => `$${argument.name}: ${argument.type}`).join(', ')
  const passed = needed.map((argument) => `${argument.name}: $${argument.name}`).join(', ')
  const selection = isLeafType(getNamedType(type)) ? '' : '{ __typename ... on CertificateMutationError { code } }'
  const plain = selection.replace(' ... on CertificateMutationError { code }', '')
  return `${root.toLowerCase()} (${defined}) { ${name}(${passed}) ${root === 'Mutation' ? selection : plain} }`
}

/** Variables with the value at its path, and valid values for other required inputs. */
function toVariables(field: GraphQLField<unknown, unknown>, path: readonly string[], value: string): object {
  const fill = (inputs: readonly (GraphQLArgument | GraphQLInputField)[], [step, ...rest]: readonly string[]): object =>
    Object.fromEntries(
      inputs.flatMap((input) => {
        if (input.name === step) return [[input.name, at(input.type, rest)]]
        return isNonNullType(input.type) && input.defaultValue === undefined ? [[input.name, fitting(input.type)]] : []
      }),
    )
  const at = (type: GraphQLInputType, rest: readonly string[]): unknown => {
    const nullable = getNullableType(type)
    if (isListType(nullable)) return [at(nullable.ofType, rest)]
    return isInputObjectType(nullable) ? fill(Object.values(nullable.getFields()), rest) : value
  }
  return fill(field.args, path)
}

function fitting(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return [fitting(nullable.ofType)]
  return 'org_acme'
}
