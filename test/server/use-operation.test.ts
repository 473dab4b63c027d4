import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLInt, GraphQLList, GraphQLString } from 'graphql'
import { post } from '../support/http-client.ts'
import { type RunningServer, startServer, type TestContext } from '../support/running-server.ts'
import { until } from '../support/until.ts'
import { createWaitingField } from '../support/waiting-field.ts'

describe('an operation', () => {
  let server: RunningServer
  afterEach(() => server.close())

  it('has its own context, which all its resolvers receive', async () => {
    const made: TestContext[] = []
    const seen: TestContext[] = []
    const see = { type: GraphQLInt, resolve: (_: unknown, __: unknown, context: TestContext) => seen.push(context) }
    server = await startServer(
      { one: see, two: see },
      {
        createContext: ({ requestId, signal }) => {
          const context = { requestId, signal }
          made.push(context)
          return context
        },
      },
    )

    await post(server.url, { query: '{ one two }' }, { 'x-request-id': 'a' })
    await post(server.url, { query: '{ one }' }, { 'x-request-id': 'b' })

    expect(made.map(({ requestId }) => requestId)).toEqual(['a', 'b'])
    expect(seen.map((context) => made.indexOf(context))).toEqual([0, 0, 1])
  })

  it('has a context only when it is executed', async () => {
    let made = 0
    server = await startServer({}, { createContext: ({ requestId, signal }) => ({ requestId, signal, count: ++made }) })
    await post(server.url, { query: '{ nothing }' })
    await post(server.url, { query: '{ hello' })
    expect(made).toBe(0)
  })

  it('is aborted when its deadline passes, and still gets a response', async () => {
    const { fields, begun } = createWaitingField()
    server = await startServer(fields, { deadline: 25_000 })
    const answer = post(server.url, { query: '{ hello wait }' })

    const { signal } = await begun
    server.clock.advance(24_999)
    expect(signal.aborted).toBe(false)
    server.clock.advance(1)

    expect(await answer).toMatchObject({ status: 200, body: '{"data":{"hello":"world","wait":"TimeoutError"}}' })
  })

  it('has a large answer with what was executed when its deadline passes', async () => {
    const text = 'x'.repeat(100_000)
    const fields = {
      late: {
        type: new GraphQLList(GraphQLString),
        resolve: async (_: unknown, __: unknown, { signal }: TestContext) => {
          await once(signal, 'abort')
          // Longer than a slice of the event loop.
          server.clock.advance(100)
          return [text, text]
        },
      },
    }
    server = await startServer(fields, { deadline: 25_000 })
    const answer = post(server.url, { query: '{ late }' })
    await until(() => server.clock.pendingSleeps > 0)
    server.clock.advance(25_000)
    expect((await answer).body).toBe(JSON.stringify({ data: { late: [text, text] } }))
  })

  it('fails one after another when many have their deadline together', async () => {
    const aborted: number[] = []
    let iterations = 0
    let waiting = 0
    server = await startServer(
      {
        slow: {
          type: GraphQLInt,
          resolve: async (_: unknown, __: unknown, { signal }: TestContext) => {
            waiting += 1
            await once(signal, 'abort')
            aborted.push(iterations)
            server.clock.advance(20)
            return 1
          },
        },
      },
      { deadline: 25_000 },
    )
    const answers = Array.from({ length: 10 }, () => post(server.url, { query: '{ slow }' }))
    await until(() => waiting === 10)
    server.clock.advance(25_000)
    while (aborted.length < 10) {
      await new Promise(setImmediate)
      iterations += 1
    }
    expect(new Set(aborted).size).toBeGreaterThanOrEqual(9)
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
  })

  it('is aborted when its client disconnects, which logs no error', async () => {
    const { fields, begun } = createWaitingField()
    server = await startServer(fields)
    const client = request(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      agent: false,
    })
    client.on('error', () => {})
    client.end('{"query":"query Leaving { wait }"}')

    const { signal } = await begun
    client.destroy()
    await once(signal, 'abort')

    expect(signal.reason).toMatchObject({ name: 'AbortError' })
    await server.close()
    expect(server.log).toMatchObject([{ level: 30, operationName: 'Leaving', clientLeft: true }])
    expect(server.log[0]).not.toHaveProperty('codes')
  })

  it('leaves no timer when it succeeds or fails', async () => {
    server = await startServer(
      {},
      {
        createContext: ({ requestId, signal }) => {
          if (requestId === 'failing') throw new Error('no context')
          return { requestId, signal }
        },
      },
    )
    for (const id of ['working', 'failing']) await post(server.url, { query: '{ hello }' }, { 'x-request-id': id })
    expect(server.clock.pendingSleeps).toBe(0)
  })

  it('is not aborted after its response', async () => {
    let context: TestContext | undefined
    server = await startServer({}, { createContext: ({ requestId, signal }) => (context = { requestId, signal }) })
    await post(server.url, { query: '{ hello }' })
    server.clock.advance(60_000)
    expect(context?.signal.aborted).toBe(false)
  })
})
