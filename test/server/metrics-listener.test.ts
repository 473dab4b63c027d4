import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type RunningMetricsListener, startMetricsListener } from '../../src/server/metrics-listener.ts'
import { RefusedHosts } from '../../src/server/refused-hosts.ts'
import { sendRequest } from '../support/http-client.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestLog } from '../support/test-log.ts'
import { until } from '../support/until.ts'

let listener: RunningMetricsListener
afterEach(() => listener.close())

const part = Buffer.alloc(1_000_000, 'x')

/** Starts a listener for metrics that are made by this function. */
async function start(scrape: () => Promise<readonly Buffer[]>) {
  const { log, lines } = createTestLog()
  const refusedHosts = new RefusedHosts(createManualClock(), log)
  const options = { host: '127.0.0.1', port: 0, isPublic: false, hosts: () => [], refusedHosts, log }
  listener = await startMetricsListener({ contentType: 'text/plain', scrape }, options)
  return lines
}

/** Sends a request, and leaves as soon as this has come of the answer. */
async function leaveAfter(event: 'data' | 'connect'): Promise<void> {
  const { port } = new URL(listener.url)
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
  socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, event)
  socket.resetAndDestroy()
}

describe('the port of the metrics', () => {
  it.each(['data', 'connect'] as const)(
    'goes on when a client leaves during a scrape, after its first %s',
    async (event) => {
      let scrapes = 0
      const lines = await start(async () => {
        scrapes += 1
        return Array<Buffer>(20).fill(part)
      })
      await leaveAfter(event)
      await until(() => scrapes === 1)
      const { status, body } = await sendRequest(listener.url)
      expect([status, body.length]).toEqual([200, 20 * part.length])
      expect(lines).toEqual([])
    },
  )

  it('answers 500 when the metrics cannot be made', async () => {
    const lines = await start(() => Promise.reject(new Error('no metrics')))
    expect(await sendRequest(listener.url)).toMatchObject({ status: 500 })
    expect(lines).toMatchObject([{ msg: 'unexpected error while metrics were scraped' }])
  })
})
