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
})
