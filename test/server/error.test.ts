import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLError, GraphQLInt, GraphQLNonNull, GraphQLScalarType, GraphQLString } from 'graphql'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer, type TestFields } from '../support/running-server.ts'

const SECRET = 'a secret of the inside'

class Foreseen extends Error {}

const throws = (type: typeof GraphQLString | typeof GraphQLInt, error: unknown) => ({
  type,
  resolve: () => {
    throw error
  },
})

const FIELDS: TestFields = {
  broken: throws(GraphQLString, new Error(SECRET)),
  brokenLater: { type: GraphQLString, resolve: () => Promise.reject(new TypeError(SECRET)) },
  brokenWord: throws(GraphQLString, SECRET),
  uncoded: throws(GraphQLString, new GraphQLError(SECRET)),
  disguised: throws(
    GraphQLString,
    Object.assign(new Error(SECRET), { extensions: { code: 'FORBIDDEN', key: SECRET } }),
  ),
  unprintable: { type: GraphQLInt, resolve: () => SECRET },
  coded: throws(
    GraphQLString,
    new GraphQLError('No such place.', { extensions: { code: 'NOT_CONFIGURED', place: 'x' } }),
  ),
  foreseen: throws(GraphQLString, new Foreseen(SECRET)),
  late: throws(GraphQLString, Object.assign(new Error(SECRET), { name: 'TimeoutError' })),
  required: { type: new GraphQLNonNull(GraphQLString), resolve: () => Promise.reject(new Error(SECRET)) },
  double: {
    type: GraphQLInt,
    args: { of: { type: new GraphQLNonNull(GraphQLInt) } },
    resolve: (_, { of }: { of?: number }) => of,
  },
  strict: {
    type: GraphQLString,
    args: {
      of: {
        type: new GraphQLScalarType({
          name: 'Strict',
          parseValue: () => {
            throw new TypeError('not strict enough')
          },
        }),
      },
    },
  },
  strictly: {
    type: GraphQLString,
    args: {
      of: {
        type: new GraphQLScalarType({
          name: 'Coded',
          parseValue: () => {
            throw new GraphQLError('not so', { extensions: { code: 'BAD_USER_INPUT' } })
          },
        }),
      },
    },
  },
}

describe('an error of a response', () => {
  let server: RunningServer
  afterEach(() => server.close())

  async function ask(body: unknown, headers: Record<string, string> = {}) {
    server = await startServer(FIELDS, {
      toGraphQLError: (error) =>
        error instanceof Foreseen
          ? new GraphQLError('The vendor is away.', {
              extensions: { code: 'UPSTREAM_UNAVAILABLE', provider: 'AKAMAI' },
            })
          : undefined,
    })
    const answer = await post(server.url, body, { 'x-request-id': 'r1', ...headers })
    return { ...answer, json: JSON.parse(answer.body) }
  }

  it.each([
    ['syntax', '{ hello', 'GRAPHQL_PARSE_FAILED', 'Expected Name'],
    ['validation', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED', 'nothing'],
    ['a literal', '{ double(of: "x") }', 'GRAPHQL_VALIDATION_FAILED', 'Int cannot represent'],
    ['a variable', 'query ($n: Int!) { double(of: $n) }', 'BAD_USER_INPUT', '$n'],
    ['a variable a scalar refuses', 'query ($n: Strict) { strict(of: $n) }', 'BAD_USER_INPUT', 'not strict enough'],
    ['an unknown operation', 'query A { hello } query B { hello }', 'BAD_USER_INPUT', 'operation'],
  ])('about %s has a message, a code and status 400', async (_, query, code, message) => {
    const accept = 'application/graphql-response+json'
    const { status, json } = await ask({ query, variables: { n: 'x' } }, { accept })
    expect(status).toBe(400)
    expect(json).toMatchObject({ errors: [{ message: expect.stringContaining(message) }] })
    expect(json.errors[0].extensions).toEqual({ code, requestId: 'r1' })
  })

  it('about an argument has the path of its field, and the other fields resolve', async () => {
    const query = 'query ($n: Int = 5) { hello double(of: $n) }'
    const { status, json } = await ask({ query, variables: { n: null } })
    expect(status).toBe(200)
    expect(json.data).toEqual({ hello: 'world', double: null })
    expect(json.errors).toMatchObject([{ path: ['double'], extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it.each([
    ['no JSON', '{"query'],
    ['no query', '{}'],
    ['a number', '{"query":1}'],
    ['an unknown parameter', '{"query":"{ hello }","other":1}'],
  ])('about a body that is %s has a code of this API', async (_, body) => {
    server = await startServer()
    const headers = { 'content-type': 'application/json', 'x-request-id': 'r1' }
    const answer = await sendRequest(`${server.url}/graphql`, { method: 'POST', headers }, body)
    expect(JSON.parse(answer.body).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId: 'r1' } }])
    expect(JSON.parse(answer.body).errors[0].extensions).not.toHaveProperty('originalError')
  })

  it.each([
    ['variables that do not fit', { query: 'query ($of: Int!) { double(of: $of) }' }],
    ['variables that a scalar refuses', { query: 'query ($of: Strict) { strict(of: $of) }', variables: { of: 1 } }],
    [
      'variables that a scalar refuses with a code',
      { query: 'query ($of: Coded) { strictly(of: $of) }', variables: { of: 1 } },
    ],
    ['an operation that is none of them', { query: '{ hello }', operationName: 'Other' }],
    ['a field that is none', { query: '{ other }' }],
    ['no GraphQL', { query: '{ hello' }],
  ])('about a well-formed request has status 200 for application/json: %s', async (_, body) => {
    server = await startServer(FIELDS)
    const statusFor = async (accept: string) => (await post(server.url, body, { accept })).status
    for (const json of ['application/json', 'Application/JSON; Charset=UTF-8']) expect(await statusFor(json)).toBe(200)
    for (const newer of ['application/graphql-response+json', 'Application/GraphQL-Response+JSON']) {
      expect(await statusFor(newer)).toBe(400)
    }
  })

  it.each([
    ['an unsupported content type', { 'content-type': 'text/plain', 'x-graphql-yoga-csrf': '1' }],
    ['no content type', { 'x-graphql-yoga-csrf': '1' }],
  ])('about %s names the expected one', async (found, headers) => {
    server = await startServer()
    const { status, body } = await sendRequest(
      `${server.url}/graphql`,
      { method: 'POST', headers },
      '{"query":"{ hello }"}',
    )
    expect([status, JSON.parse(body)]).toMatchObject([
      415,
      {
        errors: [
          {
            message: `The request has ${found}; expected a POST of application/json, or a GET with a query.`,
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      },
    ])
  })

  it('about an unsupported method names the supported ones', async () => {
    server = await startServer()
    for (const method of ['PUT', 'PATCH']) {
      const { status, headers, body } = await sendRequest(
        `${server.url}/graphql`,
        { method, headers: { 'content-type': 'application/json' } },
        '{}',
      )
      expect([status, headers['allow'], JSON.parse(body).errors[0].extensions.code]).toEqual([
        405,
        'GET, POST',
        'BAD_USER_INPUT',
      ])
    }
  })

  it('does not occur for a content type in upper case', async () => {
    server = await startServer()
    const headers = { 'content-type': 'Application/JSON; Charset=UTF-8' }
    const answer = await sendRequest(`${server.url}/graphql`, { method: 'POST', headers }, '{"query":"{ hello }"}')
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"hello":"world"}}' })
  })

  it('about variables in a URL that are not JSON has status 400', async () => {
    server = await startServer()
    const headers = { 'x-graphql-yoga-csrf': '1' }
    const { status, body } = await sendRequest(`${server.url}/graphql?query=%7Bhello%7D&variables=%7B`, { headers })
    expect([status, JSON.parse(body)]).toMatchObject([400, { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }])
  })

  it.each(['broken', 'brokenLater', 'brokenWord', 'uncoded', 'disguised', 'unprintable'])(
    'that is unexpected is masked, and logged with the request id: %s',
    async (field) => {
      const { status, body, json } = await ask({ query: `{ hello ${field} }` })
      expect(status).toBe(200)
      expect(json).toEqual({
        data: { hello: 'world', [field]: null },
        errors: [
          {
            message: 'Unexpected error.',
            path: [field],
            locations: expect.anything(),
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' },
          },
        ],
      })
      expect(body).not.toContain(SECRET)
      expect(server.log.filter(({ level }) => level === 50)).toMatchObject([
        { requestId: 'r1', err: { message: expect.stringContaining(SECRET), stack: expect.stringContaining(' at ') } },
      ])
    },
  )

  it('keeps its code, message and details', async () => {
    const { json } = await ask({ query: '{ coded foreseen }' })
    expect(json).toMatchObject({
      data: { coded: null, foreseen: null },
      errors: [
        {
          message: 'No such place.',
          path: ['coded'],
          extensions: { code: 'NOT_CONFIGURED', place: 'x', requestId: 'r1' },
        },
        {
          message: 'The vendor is away.',
          path: ['foreseen'],
          extensions: { code: 'UPSTREAM_UNAVAILABLE', provider: 'AKAMAI', requestId: 'r1' },
        },
      ],
    })
    expect(server.log.filter(({ level }) => level === 50)).toEqual([])
  })

  it('has the code UPSTREAM_TIMEOUT when a resolver waited until the deadline', async () => {
    const { json } = await ask({ query: '{ late }' })
    expect(json.errors).toMatchObject([{ path: ['late'], extensions: { code: 'UPSTREAM_TIMEOUT' } }])
    expect(server.log.filter(({ level }) => level === 50)).toEqual([])
  })

  it('is masked when a non-null field fails', async () => {
    const { body, json } = await ask({ query: '{ hello required }' })
    expect(json).toMatchObject({ data: null, errors: [{ message: 'Unexpected error.', path: ['required'] }] })
    expect(body).not.toContain(SECRET)
  })

  it('is masked when it occurs before any resolver runs', async () => {
    server = await startServer(
      {},
      {
        createContext: () => {
          throw new Error(SECRET)
        },
      },
    )
    const { status, body } = await post(server.url, { query: '{ hello }' })
    expect(status).toBe(500)
    expect(JSON.parse(body)).toMatchObject({ errors: [{ message: 'Unexpected error.' }] })
    expect(body).not.toContain(SECRET)
    expect(server.log.filter(({ level }) => level === 50)).toMatchObject([{ err: { message: SECRET } }])
  })

  it('has the id of its own request when the same document is sent again', async () => {
    server = await startServer()
    for (const id of ['first', 'second']) {
      for (const query of ['{ hello', '{ nothing }']) {
        const { body } = await post(server.url, { query }, { 'x-request-id': id })
        expect(JSON.parse(body).errors).toMatchObject([{ extensions: { requestId: id } }])
      }
    }
  })
})
