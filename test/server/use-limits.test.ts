import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLString,
  getIntrospectionQuery,
} from 'graphql'
import { defaultLimits } from '../../src/limits.ts'
import { post } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

interface Answered {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions: object }[]
}

let resolved = 0
const Chain: GraphQLObjectType = new GraphQLObjectType({
  name: 'Chain',
  fields: () => ({ next: { type: Chain, resolve: () => ({}) }, name: { type: GraphQLString, resolve: () => 'x' } }),
})
const args = { of: { type: new GraphQLList(GraphQLInt) } }
const chain = { type: Chain, args, resolve: () => ({ made: ++resolved }) }

let server: RunningServer
const ask = async (query: string): Promise<Answered> => JSON.parse((await post(server.url, { query })).body)
/** The error with which it was rejected; undefined when it was executed. */
const rejection = async (query: string) => {
  const { data, errors = [] } = await ask(query)
  if (data) return undefined
  expect(errors).toHaveLength(1)
  const { requestId, ...extensions } = Object(errors[0]?.extensions)
  return extensions
}

beforeEach(async () => {
  resolved = 0
  server = await startServer({ chain, chains: { type: new GraphQLList(Chain), resolve: () => [] } })
})
afterEach(() => server.close())

const nested = (levels: number) => `{ chain { ${'next { '.repeat(levels - 2)}name${' }'.repeat(levels - 2)} } }`
const many = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')

describe('a query over a limit is rejected before any resolver runs:', () => {
  afterEach(() => expect(resolved).toBe(1))

  it('nested deeper than 12', async () => {
    expect(await rejection(nested(12))).toBeUndefined()
    expect(await rejection(nested(13))).toEqual({ code: 'QUERY_TOO_COSTLY', depth: 13, limit: 12 })
  })

  it('with more than 2,000 lines', async () => {
    for (const end of ['\n', '\r', '\r\n', ',\n']) {
      expect(await rejection(`${end.repeat(1_999)}{ chain { name } }`)).toBeUndefined()
      resolved = 0
      expect(await rejection(`${end.repeat(2_000)}{ chain { name } }`)).toEqual({
        code: 'QUERY_TOO_LARGE',
        limit: 2_000,
      })
    }
    expect(await rejection('{ chain { name } }')).toBeUndefined()
  })

  it('with an alias of more than 256 characters', async () => {
    const name = (length: number) => 'x'.repeat(length)
    expect(await rejection(`{ ${name(256)}: chain { name } }`)).toBeUndefined()
    const measured = { code: 'QUERY_TOO_LARGE', alias: 257, limit: 256 }
    expect(await rejection(`{ ${name(257)}: chain { name } }`)).toEqual(measured)
  })

  it('with the alias "then", which the executor takes for that of a promise', async () => {
    expect(await rejection('{ Then: chain { name } }')).toBeUndefined()
    for (const query of ['{ then: chain { name } }', '{ chain { ...A } } fragment A on Chain { then: name }'])
      expect(await rejection(query)).toEqual({ code: 'BAD_USER_INPUT' })
  })

  it('nested deeper by fragments, which do not count as a level', async () => {
    const query = (levels: number) =>
      `{ ...A } fragment A on Query { chain { ...B } } fragment B on Chain { ${'next { '.repeat(levels - 2)}name${' }'.repeat(levels - 2)} }`
    expect(await rejection(query(12))).toBeUndefined()
    expect(await rejection(query(13))).toMatchObject({ depth: 13 })
  })

  it('with more than 50 aliases', async () => {
    const query = (count: number) => `{ chain { ${many(count, (i) => `a${i}: name`)} } }`
    expect(await rejection(query(50))).toBeUndefined()
    expect(await rejection(query(51))).toEqual({ code: 'QUERY_TOO_COSTLY', aliases: 51, limit: 50 })
  })

  it('with more than 50 aliases of fields without a cost, counted wherever their fragment is spread', async () => {
    const query = (count: number) =>
      `{ chain { next { ...Names } ...Names } } fragment Names on Chain { ${many(count, (i) => `a${i}: __typename`)} }`
    expect(await rejection(query(25))).toBeUndefined()
    expect(await rejection(query(26))).toEqual({ code: 'QUERY_TOO_COSTLY', aliases: 52, limit: 50 })
  })

  it('with more than 20 root fields, those of its fragments included', async () => {
    const query = (count: number) =>
      `{ chain { name } ...Twice ...Twice } fragment Twice on Query { ${many(count, (i) => `a${i}: hello`)} }`
    expect(await rejection(query(9))).toBeUndefined()
    expect(await rejection(query(10))).toEqual({ code: 'QUERY_TOO_COSTLY', rootFields: 21, limit: 20 })
  })

  it('with more than 20 directives', async () => {
    const query = (count: number) => `{ chain { ${many(count, () => 'name @skip(if: false)')} } }`
    expect(await rejection(query(20))).toBeUndefined()
    expect(await rejection(query(21))).toEqual({ code: 'QUERY_TOO_COSTLY', directives: 21, limit: 20 })
  })

  it('of more than 2,000 tokens', async () => {
    const query = (count: number) => `{ chain(of: [${'1 '.repeat(count)}]) { name } }`
    expect(await rejection(query(1_988))).toBeUndefined()
    expect(await rejection(query(1_989))).toEqual({ code: 'QUERY_TOO_LARGE', limit: 2_000 })
  })
})

describe('limits', () => {
  it('have status 400 for application/graphql-response+json, and 200 for application/json', async () => {
    const accept = { accept: 'application/graphql-response+json' }
    expect(await post(server.url, { query: nested(13) }, accept)).toMatchObject({ status: 400 })
    expect(await post(server.url, { query: nested(13) })).toMatchObject({ status: 200 })
  })

  it('apply to a query whose document is cached', async () => {
    expect(await rejection(nested(13))).toMatchObject({ depth: 13 })
    expect(await rejection(nested(13))).toMatchObject({ depth: 13 })
  })

  it('do not apply to introspection, whose depth another rule limits', async () => {
    expect(
      (await ask(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }))).errors,
    ).toBeUndefined()
    const bomb = `{ __schema { types { ${'fields { type { '.repeat(6)}name${' } }'.repeat(6)} } } }`
    expect(await ask(bomb)).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] })
  })

  it('are configurable', async () => {
    await server.close()
    server = await startServer({ chain }, { limits: { ...defaultLimits, depth: 3 } })
    expect(await rejection(nested(4))).toMatchObject({ depth: 4, limit: 3 })
  })
})

describe('with introspection off', () => {
  beforeEach(async () => {
    await server.close()
    server = await startServer({}, { introspection: false })
  })

  it('no query returns the schema, and errors suggest no names', async () => {
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }']) {
      const { data, errors } = await ask(query)
      expect(data).toBeUndefined()
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
    }
    expect((await ask('{ helo }')).errors?.[0]?.message).toBe('Cannot query field "helo" on type "Query".')
  })

  it('neither the SDL of the subgraph nor an error about a variable reveals names', async () => {
    expect((await ask('{ _service { sdl } }')).errors?.map(({ message }) => message)).toContain(
      'GraphQL introspection is not allowed, and _service is not either.',
    )
    const level = new GraphQLEnumType({ name: 'Level', values: { HIGH: {} } })
    const graded = { type: GraphQLString, args: { level: { type: level } }, resolve: () => 'graded' }
    await server.close()
    server = await startServer({ graded }, { introspection: false })
    const { body } = await post(server.url, {
      query: 'query ($level: Level) { graded(level: $level) }',
      variables: { level: 'HIG' },
    })
    expect(body).toContain('does not exist in')
    expect(body).not.toContain('HIGH')
  })

  it('queries are executed and may contain __typename', async () => {
    expect(await ask('{ hello __typename }')).toEqual({ data: { hello: 'world', __typename: 'Query' } })
  })
})

describe('several operations in one request', () => {
  it('are rejected by default, and when there are more than configured', async () => {
    const one = { query: '{ hello }' }
    const refused = async (operations: readonly unknown[]) => {
      const { status, body } = await post(server.url, operations)
      const { code, batching, limit } = JSON.parse(body).errors[0].extensions
      return { status, code, batching, limit }
    }
    expect(await refused([one, one])).toEqual({ status: 400, code: 'BAD_USER_INPUT', batching: 2, limit: 1 })
    await server.close()
    server = await startServer({}, { limits: { ...defaultLimits, batching: 2 } })
    expect(await refused([one, one, one])).toEqual({ status: 413, code: 'QUERY_TOO_LARGE', batching: 3, limit: 2 })
    for (const none of [null, 7, 'hello', [one]])
      expect(await refused([one, none])).toEqual({ status: 400, code: 'BAD_USER_INPUT' })
  })

  it('are executed and logged separately', async () => {
    await server.close()
    server = await startServer({}, { limits: { ...defaultLimits, batching: 3 } })
    const queries = ['query A { hello }', 'query B { nothing }', 5].map((query) => ({ query }))
    const { body } = await post(server.url, queries, { 'x-request-id': 'r' })
    expect(JSON.parse(body)).toMatchObject([
      { data: { hello: 'world' } },
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', requestId: 'r' } }] },
      { errors: [{ extensions: { code: 'BAD_USER_INPUT', requestId: 'r' } }] },
    ])
    expect(server.log).toHaveLength(3)
    expect(server.log).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ operationName: 'A', codes: [] }),
        expect.objectContaining({ operationName: 'B', codes: ['GRAPHQL_VALIDATION_FAILED'] }),
        expect.objectContaining({ codes: ['BAD_USER_INPUT'] }),
      ]),
    )
  })
})
