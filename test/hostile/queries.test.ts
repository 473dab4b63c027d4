import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { sendRequest } from '../support/http-client.ts'
import { maxGrowth, memoryAfterCollection } from '../support/memory.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
let before: number
beforeAll(async () => {
  stack = await startStack()
  before = memoryAfterCollection()
})
afterEach(async () => {
  expect(stack.callsTo('')).toEqual([])
  expect(await stack.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } })
})
afterAll(async () => {
  expect(memoryAfterCollection() - before).toBeLessThan(maxGrowth)
  await stack.close()
})

const many = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')
const json = { 'content-type': 'application/json' }
const write = (body: string, headers: Record<string, string> = json) =>
  sendRequest(stack.url, { method: 'POST', headers }, body)
/** The first error code. The response must not repeat much of the query. */
const codeOf = async (query: string) => {
  const { body } = await write(JSON.stringify({ query }))
  expect(body.length).toBeLessThan(60_000)
  return JSON.parse(body).errors?.[0]?.extensions.code
}

describe('no vendor is called, and the next query succeeds, after', () => {
  it('10,000 aliases', async () => {
    expect(await codeOf(`{ ${many(10_000, (i) => `a${i}: __typename`)} }`)).toBe('QUERY_TOO_LARGE')
    expect(await codeOf(`{ certificatePlaces { nodes { ${many(60, (i) => `a${i}: id`)} } } }`)).toBe('QUERY_TOO_COSTLY')
  })

  it('fragment cycles', async () => {
    const circle = 'fragment A on Query { ...B } fragment B on Query { __typename ...A }'
    expect(await codeOf(`{ ...A } ${circle}`)).toBe('GRAPHQL_VALIDATION_FAILED')
    const inner =
      'fragment N on Certificate { place { ... on OpenAIOrganization { certificates { nodes { ...N } } } } }'
    expect(await codeOf(`{ certificates { nodes { ...N } } } ${inner}`)).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  it('fragments that double 100 times', async () => {
    const doubling = many(100, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)
    expect(await codeOf(`{ ...F0 } ${doubling} fragment F100 on Query { __typename }`)).toBe('QUERY_TOO_COSTLY')
    const nested = many(
      10,
      (i) => `fragment G${i} on Certificate { a: id ...G${i + 1} ... on Certificate { ...G${i + 1} } }`,
    )
    expect(
      await codeOf(`{ certificates { nodes { ...G0 } } } ${nested} fragment G10 on Certificate { b: id c: id }`),
    ).toBe('QUERY_TOO_COSTLY')
  })

  it('the same field 1,900 times', async () => {
    const started = Date.now()
    await codeOf(`{ ${'__typename '.repeat(1_900)} }`)
    await codeOf(`{ certificatePlaces { ${'totalCount '.repeat(1_900)} } }`)
    await codeOf(`{ certificatePlaces { ${'nodes { id } '.repeat(450)} } }`)
    expect(Date.now() - started).toBeLessThan(5_000)
    const { body } = await write(JSON.stringify({ query: `{ certificates { nodes { ${'id '.repeat(1_500)} } } }` }))
    expect(JSON.parse(body).errors).toMatchObject([
      {
        message: expect.stringContaining('more than 500000 steps, the limit; select each field once'),
        extensions: { code: 'QUERY_TOO_COSTLY', limit: 500_000 },
      },
    ])
  })

  it('200 levels', async () => {
    const levels = (open: string, close: string) => `{ certificates { ${open.repeat(200)} id ${close.repeat(200)} } }`
    expect(await codeOf(levels('nodes { ', '} '))).toBe('QUERY_TOO_COSTLY')
    expect(await codeOf(levels('... on Certificate { ', '} '))).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(await codeOf(`{ nodes(ids: ${'['.repeat(900)}${']'.repeat(900)}) { id } }`)).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    )
    expect(
      await codeOf(`{ __schema { types { ${'fields { type { '.repeat(100)} name ${'} } '.repeat(100)} } } }`),
    ).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  it('variables of 40,000 levels', async () => {
    const { status, body } = await write(
      `{"query":"query ($o: CertificateOrder) { certificates(orderBy: $o) { totalCount } }","variables":{"o":${'['.repeat(40_000)}${']'.repeat(40_000)}}}`,
    )
    expect([status, JSON.parse(body)]).toMatchObject([200, { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }])
    expect(body.length).toBeLessThan(2_000)
  })

  it('nested pages of 100 rows', async () => {
    const bomb = 'certificates(first: 100) { nodes { ... on OpenAICertificate { organization { '
    expect(await codeOf(`{ ${bomb.repeat(2)} id ${'} '.repeat(8)} }`)).toBe('QUERY_TOO_COSTLY')
  })

  it('a body of 5 MB, with and without its length', async () => {
    const query = JSON.stringify({ query: `{ __typename } # ${'x'.repeat(5_000_000)}` })
    const outcome = (headers: Record<string, string>) =>
      write(query, { ...json, ...headers }).then(
        ({ status }) => status,
        ({ code }) => code,
      )
    // The connection may be closed while the client still writes, before it reads the response.
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(await outcome({}))
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(await outcome({ 'transfer-encoding': 'chunked' }))
  })

  it('1,000 documents of the maximum length', async () => {
    for (let i = 0; i < 1_000; i++)
      await write(JSON.stringify({ query: `{ __typename } # ${i} ${'x'.repeat(99_000)}` }))
  }, 60_000)

  it('content types other than those of GraphQL', async () => {
    const body = '{"query":"{ __typename }"}'
    for (const type of [
      'text/xml',
      'application/x-yaml',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'a/b; =',
    ]) {
      expect([type, (await write(body, { 'content-type': type, 'x-graphql-yoga-csrf': '1' })).status]).toEqual([
        type,
        415,
      ])
    }
    expect((await write(body, { 'content-type': 'text/plain' })).status).toBe(403)
    expect((await write('{"query"', json)).status).toBe(400)
    expect((await write('\u0000\u0000', json)).status).toBe(400)
    expect((await write('[]', json)).status).toBe(400)
    expect((await write('null', json)).status).toBe(400)
    expect((await write('"{ __typename }"', json)).status).toBe(400)
  })

  it('null bytes and lone surrogates in a query', async () => {
    expect(await codeOf('{ __typename\u0000 }')).toBe('GRAPHQL_PARSE_FAILED')
    expect(await codeOf('{ node(id: "\ud800") { id } }')).toMatch(/^(GRAPHQL_PARSE_FAILED|BAD_USER_INPUT)$/)
    expect(await codeOf('{ node(id: "\\u0000") { id } }')).toBe('BAD_USER_INPUT')
    expect(await codeOf('{ node(id: "\\uD800") { id } }')).toMatch(/^(GRAPHQL_PARSE_FAILED|BAD_USER_INPUT)$/)
  })

  it('@defer and @stream, which are not supported', async () => {
    const query = '{ __typename ... @defer { certificates { totalCount } } }'
    const { status, headers, body } = await write(JSON.stringify({ query }), {
      ...json,
      accept: 'multipart/mixed, application/json',
    })
    expect([status, headers['content-type'], JSON.parse(body)]).toMatchObject([
      200,
      'application/json; charset=utf-8',
      { errors: [{ message: 'Unknown directive "@defer".', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    ])
    expect(await codeOf('{ certificatePlaces { nodes @stream { id } } }')).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(await codeOf('subscription { certificates { totalCount } }')).toBe('GRAPHQL_VALIDATION_FAILED')
    const twice = 'subscription { a: certificateChanged { id } b: certificateChanged { id } }'
    expect(await codeOf(twice)).toBe('GRAPHQL_VALIDATION_FAILED')
  })
})
