import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  Client,
  type ClientOptions,
  createRequest,
  fetchExchange,
  makeOperation,
  type OperationContext,
  type TypedDocumentNode,
} from '@urql/core'
import { Kind } from 'graphql'
import { askAs, digestOf } from '../support/callers.ts'
import { addCertificate } from '../support/changing-places.ts'
import { createFolder } from '../support/folder.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const key = 'cg_dashboard-0123456789'
const query = 'query Places { certificatePlaces { totalCount } }'
const places = { data: { certificatePlaces: { totalCount: expect.any(Number) } } }

let stack: Stack
afterEach(() => stack.close())

const startGuarded = () =>
  startStack({
    configure: (file) => ({ ...file, access: { apiKeys: [{ name: 'dashboard', sha256: digestOf(key) }] } }),
  })

describe('urql with its default options, which send short queries by GET', () => {
  const methods: (string | undefined)[] = []
  async function ask(options: Partial<ClientOptions> = {}) {
    methods.length = 0
    const client = new Client({
      url: stack.url,
      exchanges: [fetchExchange],
      fetch: (input, init) => {
        methods.push(init?.method)
        return fetch(input, init)
      },
      ...options,
    })
    const { data, error } = await client.query(query, {})
    return { data, status: error?.response?.status, message: error?.message }
  }

  it('has access with a valid key', async () => {
    stack = await startGuarded()
    expect(await ask({ fetchOptions: { headers: { authorization: `Bearer ${key}` } } })).toMatchObject(places)
    expect(methods).toEqual(['GET'])
  })

  it('is rejected with an invalid key because of the key', async () => {
    stack = await startGuarded()
    expect(await ask({ fetchOptions: { headers: { authorization: 'Bearer cg_other' } } })).toMatchObject({
      status: 401,
    })
  })

  it('has public access with a header that forces a preflight, or by POST', async () => {
    stack = await startStack()
    expect(await ask({ fetchOptions: { headers: { 'graphql-require-preflight': '1' } } })).toMatchObject(places)
    expect(methods).toEqual(['GET'])
    expect(await ask({ preferGetMethod: false })).toMatchObject(places)
  })

  it('gets the names of the accepted headers when it sends no header', async () => {
    stack = await startStack()
    const { status, message } = await ask()
    expect(status).toBe(403)
    expect(message).toContain('authorization, apollo-require-preflight')
  })
})

describe('urql with subscriptions through fetch', () => {
  it('gets the changes, and a stream that is completed', async () => {
    stack = await startGuarded()
    const client = new Client({
      url: stack.url,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
      fetchOptions: { headers: { authorization: `Bearer ${key}` } },
    })
    const names: unknown[] = []
    let isComplete = false
    const { unsubscribe } = client
      .subscription('subscription Changed { certificateChanged { id name } }', {})
      .subscribe(({ data, hasNext }) => {
        if (data) names.push(data.certificateChanged.name)
        if (!hasNext) isComplete = true
      })
    const read = () => askAs(stack.url, key, '{ certificates(first: 1, maxStaleness: "PT1S") { totalCount } }')
    await until(() => stack.log.some(({ msg }) => msg === 'subscription began'))
    await read()
    addCertificate(stack, 'new', null)
    stack.clock.advance(600_000)
    await read()
    await until(() => names.length === 1)
    expect([names, isComplete]).toEqual([['new'], false])
    unsubscribe()
    await until(() => stack.log.some(({ msg }) => msg === 'subscription ended'))
  })
})

describe('trusted documents', () => {
  const text = 'query Places {\n  certificatePlaces {\n    totalCount\n  }\n}'
  const relayId = createHash('md5').update(text).digest('hex')
  const startTrusted = async (manifest: object) => {
    const folder = createFolder({ 'manifest.json': JSON.stringify(manifest) })
    stack = await startStack({
      configure: (file) => ({ ...file, documents: { mode: 'require', file: join(folder, 'manifest.json') } }),
    })
  }
  const send = async (body: object) => {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
    const response = await fetch(stack.url, { method: 'POST', headers, body: JSON.stringify(body) })
    return response.json()
  }

  it('of GraphQL Code Generator are executed by urql', async () => {
    const documentId = `sha256:${createHash('sha256').update(text).digest('hex')}`
    await startTrusted({ [documentId]: text })
    const fetchOptions = { headers: { 'graphql-require-preflight': '1' } }
    const client = new Client({ url: stack.url, exchanges: [fetchExchange] })
    const document: TypedDocumentNode = { kind: Kind.DOCUMENT, definitions: [], ...{ documentId } }
    const request = createRequest(document, {})
    for (const preferGetMethod of [true, false]) {
      const context: OperationContext = { url: stack.url, requestPolicy: 'network-only', fetchOptions, preferGetMethod }
      expect(await client.executeRequestOperation(makeOperation('query', request, context)).toPromise()).toMatchObject(
        places,
      )
    }
  })

  it('of the Relay compiler are executed by doc_id and id', async () => {
    await startTrusted({ [relayId]: text })
    expect(await send({ doc_id: relayId, variables: {} })).toMatchObject(places)
    expect(await send({ id: relayId, variables: {} })).toMatchObject(places)
  })

  it("of Apollo's manifest are executed by the persisted query link of Apollo Client", async () => {
    const id = createHash('sha256').update(text).digest('hex')
    const operations = [{ id, name: 'Places', type: 'query', body: text }]
    await startTrusted({ format: 'apollo-persisted-query-manifest', version: 1, operations })
    const extensions = { persistedQuery: { version: 1, sha256Hash: id } }
    expect(await send({ operationName: 'Places', variables: {}, extensions })).toMatchObject(places)
  })
})

describe('a request like that of', () => {
  const body = JSON.stringify({ operationName: 'Places', variables: {}, query })
  const accept = 'application/graphql-response+json,application/json;q=0.9'

  it.each<[string, string, RequestInit]>([
    ['Apollo Client', '', { method: 'POST', headers: { accept, 'content-type': 'application/json' }, body }],
    [
      'Apollo Client with queries by GET',
      `?query=${encodeURIComponent(query)}&operationName=Places&variables=%7B%7D`,
      { headers: { accept, 'apollo-require-preflight': 'true' } },
    ],
    [
      'Apollo iOS and Kotlin with queries by GET',
      `?query=${encodeURIComponent(query)}&operationName=Places&variables=%7B%7D`,
      { headers: { accept, 'X-APOLLO-OPERATION-NAME': 'Places', 'X-APOLLO-OPERATION-ID': 'a1' } },
    ],
    [
      'Relay',
      '',
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ query, variables: {} }),
      },
    ],
  ])('%s is accepted, with a key and with public access', async (_client, search, init) => {
    stack = await startStack()
    const response = await fetch(stack.url + search, init)
    expect([response.status, await response.json()]).toMatchObject([200, places])
    await stack.close()

    stack = await startGuarded()
    expect((await fetch(stack.url + search, init)).status).toBe(401)
    const headers = { ...init.headers, authorization: `Bearer ${key}` }
    expect((await fetch(stack.url + search, { ...init, headers })).status).toBe(200)
  })
})

describe('a preflight, which has no key', () => {
  it('is answered for a listed origin and rejected with the name of the setting for another', async () => {
    const listed = 'https://app.example.com'
    stack = await startStack({
      configure: (file) => ({
        ...file,
        access: { apiKeys: [{ name: 'dashboard', sha256: digestOf(key) }] },
        server: { cors: { origins: [listed] } },
      }),
    })
    const preflight = (origin: string) =>
      fetch(stack.url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      })
    const accepted = await preflight(listed)
    expect([accepted.status, accepted.headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('authorization'),
    ])
    const rejected = await preflight('https://other.example.com')
    expect([rejected.status, await rejected.text()]).toEqual([403, expect.stringContaining('server.cors.origins')])
  })
})

describe('the cost of an operation', () => {
  it('is in a header of the response, also above the limit', async () => {
    stack = await startStack()
    const costOf = async (sent: string) => (await askAs(stack.url, null, sent)).headers.get('x-certgraph-cost')
    expect(await costOf('{ __typename }')).toBe('0')
    expect(await costOf('{ certificates(first: 7) { nodes { id } } }')).toBe(String(10 + 7))
    expect(
      Number(
        await costOf(
          '{ certificatePlaces(first: 100) { nodes { ...A } } } fragment A on OpenAIOrganization { projects(first: 100) { nodes { certificates(first: 100) { nodes { id } } } } }',
        ),
      ),
    ).toBeGreaterThan(5_000)
    expect(await costOf('{ nothing }')).toBeNull()
  })

  it('is the sum for a batch', async () => {
    stack = await startStack({ configure: (file) => ({ ...file, limits: { batching: 3 } }) })
    const operation = { query: '{ certificates(first: 7) { nodes { id } } }' }
    const response = await fetch(stack.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([operation, operation]),
    })
    expect(response.headers.get('x-certgraph-cost')).toBe(String(2 * 17))
  })
})
