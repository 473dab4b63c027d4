import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Documents } from '../../src/server/use-documents.ts'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const listed = '7d5f5be5b0f5ea3ed0a7bb57bd3d5b9d0a6c1f27'
const list = new Map([[listed, 'query Listed { hello }']])
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const byHash = (sha256Hash: unknown, more: object = {}) => ({
  ...more,
  extensions: { persistedQuery: { version: 1, sha256Hash } },
})

describe('a document', () => {
  let server: RunningServer
  const start = async (mode: Documents['mode']) => {
    server = await startServer({}, { documents: { mode, list } })
  }
  const ask = async (body: object) => JSON.parse((await post(server.url, body)).body)
  afterEach(() => server.close())

  const hello = { data: { hello: 'world' } }
  const notListed = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } }] }

  it.each(['allow', 'require'] as const)('of the list is executed by its hash alone, mode %s', async (mode) => {
    await start(mode)
    expect(await ask(byHash(listed))).toEqual(hello)
    expect(await ask({ extensions: { persistedQuery: { sha256Hash: listed } } })).toEqual(hello)
    expect(server.log).toMatchObject([{ operationName: 'Listed' }, { operationName: 'Listed' }])
  })

  it('of the list is executed by GET with the CSRF header', async () => {
    await start('require')
    const extensions = encodeURIComponent(JSON.stringify(byHash(listed).extensions))
    const get = (headers: Record<string, string>) =>
      sendRequest(`${server.url}/graphql?extensions=${extensions}`, { headers })
    expect(await get({ 'x-graphql-yoga-csrf': '1' })).toMatchObject({ status: 200, body: JSON.stringify(hello) })
    expect(await get({})).toMatchObject({ status: 403 })
  })

  it('outside the list is rejected when the list is required, with any hash', async () => {
    await start('require')
    for (const body of [
      { query: '{ hello }' },
      { query: 'query Listed { hello }' },
      byHash(listed, { query: '{ hello }' }),
      byHash(sha256('{ hello }')),
      byHash(sha256('{ hello }'), { query: '{ hello }' }),
      byHash('__proto__'),
    ]) {
      expect(await ask(body)).toMatchObject(notListed)
    }
    expect(
      await post(server.url, { query: '{ hello }' }, { accept: 'application/graphql-response+json' }),
    ).toMatchObject({
      status: 400,
    })
    // Rejected documents are not kept.
    expect(await ask(byHash(sha256('{ hello }')))).toMatchObject(notListed)
  })

  it('outside the list is executed when texts are allowed', async () => {
    await start('allow')
    expect(await ask({ query: '{ hello }' })).toEqual(hello)
  })

  it.each(['off', 'allow'] as const)(
    'is executed by its hash after its text was sent with it, mode %s',
    async (mode) => {
      await start(mode)
      const query = '{ hello }'
      expect(await ask(byHash(sha256(query)))).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] })
      expect(await ask(byHash(sha256(query), { query }))).toEqual(hello)
      expect(await ask(byHash(sha256(query)))).toEqual(hello)
    },
  )

  it.each([
    ['not GraphQL', '{ hello', 'GRAPHQL_PARSE_FAILED'],
    ['selecting a field that does not exist', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['beyond a limit', `{ ${'__typename '.repeat(2_000)} }`, 'QUERY_TOO_LARGE'],
    ['too wide', `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: hello`).join(' ')} }`, 'QUERY_TOO_COSTLY'],
  ])('is not kept when it is %s', async (_, query, code) => {
    await start('off')
    expect(await ask(byHash(sha256(query), { query }))).toMatchObject({ errors: [{ extensions: { code } }] })
    expect(await ask(byHash(sha256(query)))).toMatchObject(notListed)
  })

  it('is kept also when its text was parsed before', async () => {
    await start('off')
    const query = '{ hello }'
    expect(await ask({ query })).toEqual(hello)
    expect(await ask(byHash(sha256(query), { query }))).toEqual(hello)
    expect(await ask(byHash(sha256(query)))).toEqual(hello)
  })

  it('cannot be sent with the hash of another document', async () => {
    await start('off')
    const wrong = { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }
    expect(await ask(byHash(sha256('{ other }'), { query: '{ hello }' }))).toMatchObject(wrong)
    expect(await ask(byHash(sha256('{ other }')))).toMatchObject(notListed)
  })

  it('is not replaced by the listed one whose hash is sent with it', async () => {
    await start('allow')
    const wrong = { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }
    expect(await ask(byHash(listed, { query: '{ other: hello }' }))).toMatchObject(wrong)
    expect(await ask(byHash(listed, { query: 'query Listed { hello }' }))).toEqual(hello)
  })

  it('that was not sent before is requested with PersistedQueryNotFound', async () => {
    await start('allow')
    const { status, body } = await post(server.url, {})
    expect([status, JSON.parse(body)]).toMatchObject([
      400,
      { errors: [{ message: expect.stringContaining('expected "query"'), extensions: { code: 'BAD_USER_INPUT' } }] },
    ])
    expect(await ask(byHash(7))).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })

  const relayId = '5b9d0a6c1f277d5f5be5b0f5ea3ed0a7'
  const text = 'query Trusted { hello }'
  const trusted = new Map([
    [relayId, text],
    ['12', 'query Counted { counted: hello }'],
    [`sha256:${sha256('query Prefixed { prefixed: hello }')}`, 'query Prefixed { prefixed: hello }'],
    ['change', 'mutation Change { change }'],
  ])
  const startTrusted = async (mode: Documents['mode'] = 'require') => {
    server = await startServer({}, { documents: { mode, list: trusted } })
  }
  const get = (search: string) =>
    sendRequest(`${server.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } })

  describe.each(['documentId', 'id', 'doc_id'])('with its id as %s', (name) => {
    it.each([
      ['the id of the list', relayId, { hello: 'world' }],
      ['a short id of the list', '12', { counted: 'world' }],
      ['an id with prefix', `sha256:${sha256('query Prefixed { prefixed: hello }')}`, { prefixed: 'world' }],
      ['such an id without prefix', sha256('query Prefixed { prefixed: hello }'), { prefixed: 'world' }],
      ['the SHA-256 of its text', `sha256:${sha256(text)}`, { hello: 'world' }],
    ])('is executed by POST and GET: %s', async (_, id, data) => {
      await startTrusted()
      expect(await ask({ [name]: id, variables: {} })).toEqual({ data })
      const answer = await get(`${name}=${encodeURIComponent(id)}&variables=%7B%7D`)
      expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { data }])
    })

    it('is not executed when the id is not in the list', async () => {
      await startTrusted()
      for (const id of ['unknown', `sha256:${sha256('{ hello }')}`, '__proto__', 'constructor']) {
        expect(await ask({ [name]: id })).toMatchObject(notListed)
        expect(JSON.parse((await get(`${name}=${id}`)).body)).toMatchObject(notListed)
      }
    })

    it('is executed by POST only when it is a mutation', async () => {
      await startTrusted()
      expect(await ask({ [name]: 'change' })).toEqual({ data: { change: 'changed' } })
      expect(await get(`${name}=change`)).toMatchObject({ status: 405 })
    })

    it('is reported when its id is not a string', async () => {
      await startTrusted()
      for (const id of [7, true, ['a'], { a: 1 }]) {
        expect(await ask({ [name]: id })).toMatchObject({
          errors: [{ message: expect.stringContaining(`"${name}"`), extensions: { code: 'BAD_USER_INPUT' } }],
        })
      }
    })
  })

  it('is executed by the id of a list in the extension of Apollo, hash or not', async () => {
    await startTrusted()
    expect(await ask(byHash('12'))).toEqual({ data: { counted: 'world' } })
  })

  it('is executed with an id that is null or empty, or given twice', async () => {
    await startTrusted('allow')
    expect(await ask({ query: '{ hello }', id: null, documentId: '' })).toEqual(hello)
    expect(await ask({ id: relayId, ...byHash(`sha256:${relayId}`) })).toEqual(hello)
  })

  it('is reported when two ids differ', async () => {
    await startTrusted()
    expect(await ask({ documentId: relayId, doc_id: '12' })).toMatchObject({
      errors: [
        { message: expect.stringMatching(/"documentId" and "doc_id" differ/), extensions: { code: 'BAD_USER_INPUT' } },
      ],
    })
  })

  it('is not replaced by another text with its id', async () => {
    await startTrusted('allow')
    expect(await ask({ doc_id: relayId, query: '{ other: hello }' })).toMatchObject({
      errors: [{ message: expect.stringContaining('"doc_id"'), extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(await ask({ doc_id: relayId, query: text })).toEqual(hello)
  })

  it('is executed as its text when its id is neither listed nor a SHA-256', async () => {
    await startTrusted('allow')
    expect(await ask({ doc_id: 'unknown', query: '{ hello }' })).toEqual(hello)
    expect(await ask({ doc_id: 'unknown' })).toMatchObject(notListed)
  })

  it('is kept by a documentId that is its SHA-256, and rejected with another one', async () => {
    await startTrusted('off')
    const query = '{ hello }'
    const documentId = `sha256:${sha256(query)}`
    expect(await ask({ documentId })).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] })
    expect(await ask({ documentId, query: '{ other: hello }' })).toMatchObject({
      errors: [{ message: expect.stringContaining('documentId'), extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(await ask({ documentId, query })).toEqual(hello)
    expect(await ask({ documentId })).toEqual(hello)
  })

  it('is rejected as a text when the list is required, with a message that names the parameters of an id', async () => {
    await startTrusted()
    const { errors } = await ask({ query: '{ hello }' })
    for (const name of ['documentId', 'doc_id', 'extensions.persistedQuery.sha256Hash']) {
      expect(errors[0].message).toContain(name)
    }
  })
})
