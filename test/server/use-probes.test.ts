import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

describe('the probes', () => {
  let server: RunningServer
  const get = async (path: string, headers = {}) => {
    const { status, body } = await sendRequest(server.url + path, { headers })
    return [status, JSON.parse(body)]
  }

  beforeEach(async () => {
    server = await startServer({}, { mode: 'sandbox', version: '4.5.6', features: () => ({ access: 'public' }) })
  })
  afterEach(() => server.close())

  it('report the status, mode, version and features of the process', async () => {
    expect(await get('/health')).toEqual([
      200,
      { status: 'ok', mode: 'sandbox', version: '4.5.6', graphiql: false, access: 'public' },
    ])
  })

  it('report only the status, mode and version under a Host that is not accepted', async () => {
    expect(await get('/health', { host: 'evil.example' })).toEqual([
      200,
      { status: 'ok', mode: 'sandbox', version: '4.5.6' },
    ])
  })

  it('are ready once the port is open', async () => {
    expect(await get('/ready')).toEqual([200, { status: 'ready' }])
  })

  it.each(['starting', 'draining'] as const)('report not ready and alive while the process is %s', async (phase) => {
    server.server.readiness.phase = phase
    expect(await get('/ready')).toEqual([503, { status: phase }])
    expect(await get('/health')).toMatchObject([200, { status: 'ok' }])
  })
})
