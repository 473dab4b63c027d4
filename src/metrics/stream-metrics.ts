import { Counter, Gauge, type Registry } from 'prom-client'
import { endReasons, type StreamCounter } from '../server/stream-counter.ts'

/** Counts the streams of subscriptions. The callers and operations are no labels: streams are few, and the log has them. */
export function createStreamMetrics(registry: Registry): StreamCounter {
  const registers = [registry]
  const open = new Gauge({ name: 'certgraph_open_streams', help: 'Open streams of subscriptions.', registers })
  const events = new Counter({
    name: 'certgraph_stream_events_total',
    help: 'Events that streams have delivered.',
    registers,
  })
  const ended = new Counter({
    name: 'certgraph_streams_ended_total',
    help: 'Streams that have ended, by reason.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of endReasons) ended.inc({ reason }, 0)
  return {
    opened: () => open.inc(),
    delivered: () => events.inc(),
    ended(reason) {
      open.dec()
      ended.inc({ reason })
    },
  }
}
