import { request } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLInt } from 'graphql'
import { type TimeSlice, visitInSlices } from '../../src/time-slice.ts'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer, type TestContext } from '../support/running-server.ts'
import { until } from '../support/until.ts'

interface ScanContext extends TestContext {
  readonly timeSlice: TimeSlice
}

const rows = Array.from({ length: 100_000 }, (_, index) => index)

describe('a long scan', () => {
  let server: RunningServer
  let visited: number
  afterEach(() => server.close())

  /** Starts a server with a field whose rows take a millisecond each. */
  async function start(): Promise<void> {
    visited = 0
    const scan = async (_: unknown, __: unknown, context: TestContext) => {
      await visitInSlices(rows, (context as ScanContext).timeSlice, () => {
        visited += 1
        server.clock.advance(1)
      })
      return visited
    }
    server = await startServer(
      { scan: { type: GraphQLInt, resolve: scan } },
      { deadline: Number.MAX_SAFE_INTEGER, createContext: (context): ScanContext => context },
    )
  }

  it('gives way to other operations and to /health', async () => {
    await start()
    const long = post(server.url, { query: '{ scan }' })
    await until(() => visited > 0)
    expect((await post(server.url, { query: '{ hello }' })).body).toBe('{"data":{"hello":"world"}}')
    expect((await sendRequest(`${server.url}/health`)).status).toBe(200)
    expect(visited).toBeLessThan(rows.length)
    expect((await long).body).toBe(`{"data":{"scan":${rows.length}}}`)
  })

  it('stops when its client leaves', async () => {
    await start()
    const client = request(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      agent: false,
    })
    client.on('error', () => {})
    client.end('{"query":"{ scan }"}')
    await until(() => visited > 0)
    client.destroy()
    await until(() => server.log.some(({ clientLeft }) => clientLeft === true))
    expect(visited).toBeLessThan(rows.length)
  })
})
