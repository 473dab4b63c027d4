import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { Logger } from 'pino'
import { activeTracer } from '../../tracer.ts'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import { loggedUrl } from '../url.ts'
import type { CallContext } from './context.ts'

/** One attempt of a call, as it is sent. */
export interface Attempt {
  readonly method: string
  readonly url: URL
  /** What the call is for, in words. */
  readonly what: string
  readonly context: Pick<CallContext, 'cause'>
  /** 1 for the first attempt of the call. */
  readonly number: number
  /** Milliseconds that it has waited for the rate limits and the concurrency of the account. */
  readonly waited: number
}

/** What the log and the trace get to know of an attempt. */
export interface AttemptRecord {
  /** The response has arrived. */
  answered(status: number): void
  /** The attempt has ended, with this error if it failed. */
  end(error?: unknown): void
}

interface Recording {
  readonly log: Logger
  readonly clock: Pick<Clock, 'elapsed'>
  readonly provider: string
}

/**
 * Creates the function that begins to record an attempt: as a line at the level `debug`, and as a CLIENT span. It returns
 * null when neither is wanted.
 */
export function createAttemptRecorder({ log, clock, provider }: Recording): (attempt: Attempt) => AttemptRecord | null {
  return (attempt) => {
    const span = startSpan(attempt)
    const isLogged = log.isLevelEnabled('debug')
    if (!span && !isLogged) return null
    const sentAt = clock.elapsed()
    let status: number | undefined
    let answeredAt: number | undefined
    return {
      answered(received) {
        status = received
        answeredAt = clock.elapsed()
        span?.setAttribute('http.response.status_code', received)
      },
      end(error) {
        if (span) endSpan(span, status, error)
        if (!isLogged) return
        const { method, url, what, context, number, waited } = attempt
        const members = {
          requestId: context.cause?.requestId,
          provider,
          method,
          path: loggedUrl(url).template,
          status,
          durationMs: Math.round((answeredAt ?? clock.elapsed()) - sentAt),
          attempt: number,
          waitedMs: Math.round(waited),
          code: error === undefined ? undefined : codeOf(error),
        }
        log.debug(members, `call to a vendor for ${what}`)
      },
    }
  }
}

/** The stable attributes of HTTP clients (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client). */
function startSpan({ method, url, context, number }: Attempt): Span | undefined {
  const tracer = activeTracer()
  if (!tracer) return undefined
  const { template, full } = loggedUrl(url)
  const attributes = {
    'http.request.method': method,
    'server.address': url.hostname.replace(/^\[(.*)\]$/, '$1'),
    'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    'url.full': full,
    ...(number > 1 && { 'http.request.resend_count': number - 1 }),
  }
  // Without a parent, the span of an instrumentation that happens to be active would become it.
  const parent = context.cause?.trace ?? ROOT_CONTEXT
  return tracer.startSpan(`${method} ${template}`, { kind: SpanKind.CLIENT, attributes }, parent)
}

function endSpan(span: Span, status: number | undefined, error: unknown): void {
  if (error !== undefined) {
    // Of an error with a status, the status is the type. Its message may quote the vendor, and is in the log.
    const isStatus = status !== undefined && status >= 400
    span.setAttribute('error.type', isStatus ? String(status) : codeOf(error))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}

/** A code of the API, or the name of the error by which a call was aborted. */
function codeOf(error: unknown): string {
  if (error instanceof UpstreamError) return error.code
  return error instanceof Error || error instanceof DOMException ? error.name : '_OTHER'
}
