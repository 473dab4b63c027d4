import { context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

export interface Tracing {
  /** The spans of a kind that have ended, in this order. */
  spans(kind: SpanKind): readonly ReadableSpan[]
  readonly all: readonly ReadableSpan[]
  /** The spans that have begun and not ended. */
  readonly open: ReadonlySet<string>
  reset(): void
  stop(): Promise<void>
}

/** Registers the SDK of OpenTelemetry, as the program's users do, with the propagators that it has by default. */
export function startTracing(): Tracing {
  const exporter = new InMemorySpanExporter()
  const open = new Set<string>()
  const provider = new BasicTracerProvider({
    spanProcessors: [
      new SimpleSpanProcessor(exporter),
      {
        onStart: (span: Span) => void open.add(span.spanContext().spanId),
        onEnd: (span: ReadableSpan) => void open.delete(span.spanContext().spanId),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  )
  return {
    spans: (kind) => exporter.getFinishedSpans().filter((span) => span.kind === kind),
    get all() {
      return exporter.getFinishedSpans()
    },
    open,
    reset: () => exporter.reset(),
    async stop() {
      trace.disable()
      context.disable()
      propagation.disable()
      await provider.shutdown()
    },
  }
}

/** Of a span: its name, and its attributes. */
export const shownOf = ({ name, attributes }: ReadableSpan) => ({ name, ...attributes })

export { SpanKind }
