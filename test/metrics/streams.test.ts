import { afterEach, describe, expect, it } from '@jest/globals'
import { Metrics } from '../../src/metrics/metrics.ts'
import { openEventStream } from '../support/event-stream.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { samplesOf, sampleValue } from '../support/samples.ts'
import { startTicks } from '../support/ticks.ts'
import { until } from '../support/until.ts'

type Ticks = Awaited<ReturnType<typeof startTicks>>

let server: Ticks
afterEach(() => server.close())

function createMetrics() {
  const metrics = new Metrics({
    clock: createManualClock(),
    version: '1.2.3',
    redact: (text) => text,
    kept: () => ({ isStateInMemory: false, isRedisAlone: false, changes: 0 }),
  })
  const expiry = { critical: 0, warning: 0 }
  metrics.use({ vendors: [], expiry, certificates: 0, operations: [], ownerOf: () => '' })
  return metrics
}

describe('streams', () => {
  it('are counted while they are open, by why they ended, and with their events', async () => {
    const operations: unknown[] = []
    const metrics = createMetrics()
    const scrape = async () => Buffer.concat(await metrics.scrape({ places: null })).toString()
    server = await startTicks({
      countStreams: metrics.streams,
      countOperation: (operation) => operations.push(operation),
    })
    const query = 'subscription { ticked { number } }'
    const [first, second] = await Promise.all([1, 2].map(() => openEventStream(server.url, { query })))
    server.source.push({ number: 1 }, { number: 2 })
    await Promise.all([first?.untilResults(2), second?.untilResults(2)])
    const before = await scrape()
    expect(sampleValue(before, 'certgraph_open_streams', {})).toBe(2)
    expect(sampleValue(before, 'certgraph_stream_events_total', {})).toBe(4)
    first?.leave()
    await until(() => server.source.open === 1)
    await server.close()
    const after = await scrape()
    expect(sampleValue(after, 'certgraph_open_streams', {})).toBe(0)
    const ended = samplesOf(after, 'certgraph_streams_ended_total').filter(({ value }) => value > 0)
    expect(ended.map(({ labels, value }) => [labels['reason'], value])).toEqual([
      ['client_left', 1],
      ['shutdown', 1],
    ])
    expect(operations).toEqual([])
  })
})
