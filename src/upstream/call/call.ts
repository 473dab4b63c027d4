import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError, type UpstreamErrorCode } from '../error.ts'
import { createRateLimited } from '../rate-limit/rate-limited-call.ts'
import { type IncomingResponse, type OutgoingRequest, ResponseTooLargeError } from '../transport.ts'
import type { CallContext } from './context.ts'
import type { ResiliencePipeline } from './resilience-pipeline.ts'
import { withRetries } from './retry.ts'
import { untilAborted, withTimeout } from './timeout.ts'
import type { Headers, VendorApi } from './vendor-api.ts'
import { toMalformedResponseError, toResponseError } from './vendor-api.ts'

/** One call: what is asked for, in words for an error message, and how. */
export interface Call<Value> {
  readonly what: string
  /** What it asks for, by the name in the vendor's table of limits. */
  readonly resource: string
  readonly url: URL
  readonly context: CallContext
  readonly method?: OutgoingRequest['method']
  readonly headers?: Headers
  readonly body?: string
  /** It changes something at the vendor: made once, or again where the vendor documents that this is the same. */
  readonly change?: 'once' | 'idempotent'
  /** Untrusted body → value. Whatever it throws makes the answer malformed. */
  readonly parse: (body: unknown) => Value
}

/** Makes calls for one account: within its budget, so many at once, and again where that may help. */
export type SendCall = <Value>(call: Call<Value>) => Promise<Value>

export function createSendCall(
  account: VendorApi,
  line: ResiliencePipeline,
  { clock, transport, settings, log, redact }: UpstreamDependencies,
): SendCall {
  const { provider, brand } = account
  const takeTurn = createRateLimited(line, account, clock)

  async function attempt<Value>(call: Call<Value>, previous: UpstreamError | undefined): Promise<Value> {
    try {
      return await tryOnce(call, previous)
    } catch (error) {
      if (error instanceof UpstreamError) call.context.onCallFailed?.(error)
      throw error
    }
  }

  async function tryOnce<Value>(call: Call<Value>, previous: UpstreamError | undefined): Promise<Value> {
    let refusal: UpstreamError | undefined
    for (;;) {
      const made = await takeTurn(call, { failure: previous, refusal }, () => make(call))
      refusal = made.refusal
      if (refusal) continue
      const { answered, madeAt } = made
      try {
        const value = call.parse(account.parseJson(answered.answer.text))
        call.context.onResponse?.(madeAt)
        return value
      } catch (cause) {
        throw toMalformedResponseError(answered, cause)
      }
    }
  }

  /** A refusal when the vendor asks for patience, which holds before the next one can go. A change is rather refused. */
  async function make(call: Call<unknown>) {
    const madeAt = clock.now()
    const answer = await send(call, await toRequest(call))
    const answered = { account, what: call.what, answer, now: clock.now(), redact }
    if (answer.status >= 200 && answer.status < 300) return { answered, madeAt, refusal: undefined }
    const refusal = toResponseError(answered)
    if (answer.status !== 429) throw refusal
    line.rateLimiter.pause(call.resource, refusal)
    if (call.change) throw refusal
    note(refusal)
    call.context.permit.recordResponse()
    return { answered, madeAt, refusal }
  }

  async function toRequest({ url, method = 'GET', headers, body }: Call<unknown>): Promise<OutgoingRequest> {
    const request = {
      method,
      url,
      headers: { accept: 'application/json', ...headers },
      ...(body !== undefined && { body }),
    }
    return { ...request, headers: { ...request.headers, ...(await account.authorize(request)) } }
  }

  async function send({ what, context }: Call<unknown>, request: OutgoingRequest): Promise<IncomingResponse> {
    const milliseconds = settings.timeout
    const failed = (code: UpstreamErrorCode, told: string, cause?: unknown) =>
      new UpstreamError(code, `${brand} ${told}`, { provider }, cause)
    const expired = () => failed('UPSTREAM_TIMEOUT', `did not give ${what} within ${milliseconds} ms`)
    const { signal: left } = context
    context.onCall?.()
    try {
      return await withTimeout({ clock, milliseconds, expired, signal: left }, (signal) =>
        transport.send(request, signal),
      )
    } catch (reason) {
      if (left.aborted || reason instanceof UpstreamError) throw reason
      if (reason instanceof ResponseTooLargeError) {
        throw failed('UPSTREAM_MALFORMED_RESPONSE', `answered ${reason.message} for ${what}`)
      }
      throw failed('UPSTREAM_UNAVAILABLE', `could not be reached for ${what}`, reason)
    }
  }

  /** A line for a call that failed, at night the first to look for; none for one that nobody waits for any more. */
  function note(error: unknown): void {
    if (!(error instanceof UpstreamError)) return
    log.warn({ provider, code: error.code, ...error.details, cause: nameOf(error.cause) }, error.message)
  }

  return async (call) => {
    const { method = 'GET', change, context } = call
    const allowed = () => (change ? change === 'idempotent' : method === 'GET') && line.isHealthy
    try {
      return await untilAborted(
        withRetries((previous) => attempt(call, previous), { clock, origin: context, allowed }),
        context.signal,
      )
    } catch (error) {
      note(error)
      throw error
    }
  }
}

/** What lies behind a failure, such as ECONNREFUSED. Not its message: a parser's quotes what it could not read. */
function nameOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return 'name' in cause && typeof cause.name === 'string' ? cause.name : undefined
}
