import { request } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLInt, GraphQLScalarType } from 'graphql'
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

describe('long documents', () => {
  let server: RunningServer
  afterEach(() => server.close())

  it.each([
    ['are validated in an iteration of the event loop each', 1_000, 10],
    ['have their own iteration only if they are long', 10, 1],
  ])('%s', async (_, length, expected) => {
    let iteration = 0
    let isCounting = true
    const count = () => {
      iteration += 1
      if (isCounting) setImmediate(count)
    }
    const validated: number[] = []
    const Seen = new GraphQLScalarType({
      name: 'Seen',
      parseValue: () => null,
      parseLiteral: () => {
        validated.push(iteration)
        return null
      },
    })
    const seen = { type: GraphQLInt, args: { by: { type: Seen } }, resolve: () => 1 }
    server = await startServer({ seen })
    count()
    const requests = Array.from({ length: 10 }, (_request, index) => {
      const query = `{ seen(by: ${index}) } #${'x'.repeat(length)}`
      return new Request(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { 'apollo-require-preflight': '1' },
      })
    })
    const responses = await Promise.all(requests.map((each) => server.server.fetch(each)))
    isCounting = false
    expect(await Promise.all(responses.map((response) => response.json()))).toEqual(
      requests.map(() => ({ data: { seen: 1 } })),
    )
    // The value is converted again when the document is executed.
    expect(new Set(validated).size).toBeGreaterThanOrEqual(expected)
    if (expected === 1) expect(new Set(validated).size).toBe(1)
  })
})
