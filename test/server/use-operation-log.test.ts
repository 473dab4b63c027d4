import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLError, GraphQLString } from 'graphql'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

describe('the operation log', () => {
  let server: RunningServer
  afterEach(() => server.close())

  const lines = () => server.log.map(({ level, time, pid, hostname, ...line }) => line)

  it('has one line per operation with its name, duration and error codes', async () => {
    server = await startServer({
      slow: {
        type: GraphQLString,
        resolve: () => {
          server.clock.advance(1234)
          throw new GraphQLError('No such place.', { extensions: { code: 'NOT_CONFIGURED' } })
        },
      },
    })
    await post(server.url, { query: 'query Two { a: slow b: slow }' }, { 'x-request-id': 'r1' })
    expect(lines()).toEqual([
      {
        requestId: 'r1',
        caller: '127.0.0.1',
        operationName: 'Two',
        upstreamCalls: 0,
        durationMs: 2468,
        codes: ['NOT_CONFIGURED'],
        complete: true,
        fresh: true,
        msg: 'operation',
      },
    ])
  })

  it('has the name of the selected operation, and no name for an anonymous one', async () => {
    server = await startServer()
    await post(server.url, { query: 'query A { hello } query B { hello }', operationName: 'B' })
    await post(server.url, { query: '{ hello }' })
    expect(lines()).toMatchObject([{ operationName: 'B', codes: [] }, { codes: [] }])
    expect(lines()[1]).not.toHaveProperty('operationName')
  })

  it('shortens a long name', async () => {
    server = await startServer()
    await post(server.url, { query: `query ${'N'.repeat(3_000)} { hello }` })
    expect(lines()).toMatchObject([{ operationName: `${'N'.repeat(100)}…`, codes: [] }])
  })

  it('has a line for a request that was rejected before it became an operation', async () => {
    server = await startServer()
    await sendRequest(`${server.url}/graphql`)
    await post(server.url, { query: '{ hello' })
    expect(lines()).toMatchObject([
      { durationMs: 0, codes: ['FORBIDDEN'] },
      { durationMs: 0, codes: ['GRAPHQL_PARSE_FAILED'] },
    ])
  })

  it('contains nothing of the variables and the query', async () => {
    const args = { of: { type: GraphQLString } }
    server = await startServer({ echo: { type: GraphQLString, args, resolve: (_, { of }: { of?: string }) => of } })
    const query = 'query Echo($of: String) { echo(of: $of) other: echo(of: "in the query") }'
    await post(server.url, { query, variables: { of: 'in the variables' } })
    await post(server.url, { query, variables: { of: ['in the variables'] } })
    expect(lines()).toMatchObject([{ operationName: 'Echo' }, { operationName: 'Echo', codes: ['BAD_USER_INPUT'] }])
    expect(JSON.stringify(server.log)).not.toContain('in the')
  })

  it('has no lines for probes, pages and unknown paths', async () => {
    server = await startServer({}, { graphiql: true })
    for (const path of ['/health', '/ready', '/graphql', '/unknown']) {
      await sendRequest(server.url + path, { headers: { accept: 'text/html' } })
    }
    expect(server.log).toEqual([])
  })
})
