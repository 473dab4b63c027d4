import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { activeTracer } from '../../tracer.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError } from '../error.ts'
import { loggedUrl } from '../url.ts'
import type { CallContext } from './context.ts'

/** One attempt of a call, as it is sent. */
interface Attempt {
  readonly method: string
  readonly url: URL
  /** What the call is for, in words. */
  readonly what: string
  /** The resource in the vendor's table of limits. */
  readonly resource: string
  /** The account whose credential is used. */
  readonly account: string
  readonly context: Pick<CallContext, 'cause'>
  /** 1 for the first attempt of the call. */
  readonly number: number
  /** Milliseconds that it has waited for the rate limits and the concurrency of the account. */
  readonly waited: number
}

/** Makes an attempt, and reports its beginning and its end. A result that is an error is one too. */
export type RecordAttempt = <Result>(
  attempt: Attempt,
  /** @param onAnswer called when the response has arrived */
  run: (onAnswer: (status: number) => void) => Promise<Result>,
) => Promise<Result>

type Recording = Pick<UpstreamDependencies, 'log' | 'clock' | 'observer'> & { readonly provider: string }

/** Creates the function that records each attempt: as a CLIENT span, as a line at the level `debug`, and for metrics. */
export function createAttemptRecorder({ log, clock, observer, provider }: Recording): RecordAttempt {
  function begin(attempt: Attempt) {
    const span = startSpan(attempt)
    const startedAt = clock.elapsed()
    let status: number | undefined
    let answeredAt: number | undefined
    return {
      answered(received: number) {
        status = received
        answeredAt = clock.elapsed()
        span?.setAttribute('http.response.status_code', received)
      },
      end(error?: unknown) {
        const { method, url, what, context, account, resource, number, waited } = attempt
        const endedAt = clock.elapsed()
        observer?.requestEnded({ provider, account, resource, startedAt, endedAt, error })
        if (span) endSpan(span, status, error)
        if (!log.isLevelEnabled('debug')) return
        const members = {
          requestId: context.cause?.requestId,
          provider,
          method,
          path: loggedUrl(url).template,
          status,
          durationMs: Math.round((answeredAt ?? endedAt) - startedAt),
          attempt: number,
          waitedMs: Math.round(waited),
          code: error === undefined ? undefined : codeOf(error),
        }
        log.debug(members, `call to a vendor for ${what}`)
      },
    }
  }
  return async (attempt, run) => {
    const record = begin(attempt)
    try {
      const result = await run(record.answered)
      record.end(result instanceof UpstreamError ? result : undefined)
      return result
    } catch (error) {
      record.end(error)
      throw error
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
