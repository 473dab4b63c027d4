import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { activeTracer } from '../tracer.ts'

/** What a span has about its operation from the beginning. */
interface SpannedOperation {
  readonly requestId: string
  /** `query` or `mutation`; undefined when the document could not be parsed. */
  readonly type: string | undefined
  /** Redacted and shortened. */
  readonly name: string | undefined
  /** Milliseconds since the request began. */
  readonly age: number
}

/** How an operation ended. */
interface SpanEnd {
  readonly codes?: readonly unknown[] | undefined
  readonly complete?: boolean | undefined
  readonly stored?: true
  readonly clientLeft?: true | undefined
}

/** The SERVER span of one operation. */
export interface OperationSpan {
  /** The parent of the spans of calls to vendors. */
  readonly context: Context
  /** Undefined when the span is not sampled. */
  readonly traceId: string | undefined
  end(end: SpanEnd): void
}

/** The codes of errors for which this program or a vendor is responsible, and not the client. */
const serverError = /^(?:UPSTREAM_|INTERNAL_SERVER_ERROR$|OVERLOADED$)/

/**
 * Starts the span of an operation, below the span that the client names in the headers of W3C Trace Context, or below that
 * of an instrumentation of HTTP. Undefined when no SDK is registered. It has nothing of the document and its variables
 * (https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/).
 */
export function startOperationSpan(
  header: (name: string) => string | null | undefined,
  toOperation: () => SpannedOperation,
): OperationSpan | undefined {
  const tracer = activeTracer()
  if (!tracer) return undefined
  const { requestId, type, name, age } = toOperation()
  const attributes = {
    ...(type !== undefined && { 'graphql.operation.type': type }),
    ...(name !== undefined && { 'graphql.operation.name': name }),
    'certgraph.request_id': requestId,
  }
  const parent = parentOf(header)
  // The age is a number of milliseconds: a start in the future would give a negative duration.
  const options = { kind: SpanKind.SERVER, attributes, ...(age >= 1 && { startTime: Date.now() - age }) }
  const span = tracer.startSpan(type ?? 'GraphQL Operation', options, parent)
  return {
    context: trace.setSpan(parent, span),
    traceId: span.isRecording() ? span.spanContext().traceId : undefined,
    end: (end) => endSpan(span, end),
  }
}

function parentOf(header: (name: string) => string | null | undefined): Context {
  const active = context.active()
  if (trace.getSpan(active)) return active
  return propagation.extract(ROOT_CONTEXT, header, { get: (get, name) => get(name) ?? undefined, keys: () => [] })
}

function endSpan(span: Span, { codes = [], complete, stored, clientLeft }: SpanEnd): void {
  if (complete !== undefined) span.setAttribute('certgraph.complete', complete)
  if (stored) span.setAttribute('certgraph.stored', true)
  const type = clientLeft ? 'client_left' : codes[0]
  if (type !== undefined) span.setAttribute('error.type', String(type))
  // The status of a SERVER span is left unset for mistakes of the client, as for HTTP.
  if (codes.some((code) => serverError.test(String(code)))) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
