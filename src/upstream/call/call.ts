import { responseTime } from '../../response-time.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError } from '../error.ts'
import { createRateLimited } from '../rate-limit/rate-limited-call.ts'
import type { OutgoingRequest } from '../transport.ts'
import { createAttemptRecorder } from './attempt-record.ts'
import type { CallContext } from './context.ts'
import { parseBody } from './parse-body.ts'
import { pageOf } from './reading-size.ts'
import type { ResiliencePipeline } from './resilience-pipeline.ts'
import { withRetries } from './retry.ts'
import { createSendRequest } from './send-request.ts'
import { untilAborted } from './timeout.ts'
import {
  type CallResponse,
  type Headers,
  toMalformedResponseError,
  toResponseError,
  type VendorApi,
} from './vendor-api.ts'

/** One call to a vendor. */
export interface Call<Value, Resource extends string = string> {
  /** What the call is for, in words, for messages. */
  readonly what: string
  /** The resource in the vendor's table of limits. */
  readonly resource: Resource
  /** The account that the call is for, where the API has no credential of one account. */
  readonly account?: string
  readonly url: URL
  readonly context: CallContext
  readonly method?: OutgoingRequest['method']
  readonly headers?: Headers
  readonly body?: string
  /** The call changes something. It is retried only where the vendor documents it as idempotent. */
  readonly change?: 'once' | 'idempotent'
  /** Parses the untrusted body. An error that it throws makes the response malformed. */
  readonly parse: (body: unknown) => Value
}

/** Makes calls for one account, with its rate limits, its concurrency, a timeout, and retries. */
export type SendCall<Resource extends string = string> = <Value>(call: Call<Value, Resource>) => Promise<Value>

/** How far a call has come. */
interface Progress {
  /** Attempts that were sent. */
  sent: number
  /** Monotonic time from which the next one waits for its slot. */
  waitsSince: number
}

export function createSendCall<Resource extends string>(
  api: VendorApi,
  pipeline: ResiliencePipeline<Resource>,
  upstream: UpstreamDependencies,
): SendCall<Resource> {
  const { clock, transport, redact } = upstream
  const recordAttempt = createAttemptRecorder({ ...upstream, provider: api.provider })
  const send = createSendRequest(api, upstream)
  const rateLimited = createRateLimited(pipeline, api, clock)

  async function attempt<Value>(
    call: Call<Value, Resource>,
    progress: Progress,
    failure: UpstreamError | undefined,
  ): Promise<Value> {
    try {
      return await attemptWithin429s(call, progress, failure)
    } catch (error) {
      if (error instanceof UpstreamError) call.context.onCallFailed?.(error)
      throw error
    }
  }

  /** A 429 is no failure: the call waits for its next slot, after the pause that the vendor asks for. */
  async function attemptWithin429s<Value>(
    call: Call<Value, Resource>,
    progress: Progress,
    failure: UpstreamError | undefined,
  ): Promise<Value> {
    let rejection: UpstreamError | undefined
    for (;;) {
      progress.waitsSince = clock.elapsed()
      const send = () => recorded(call, () => sendOnce(call, progress))
      const result = await rateLimited(call, { failure, rejection }, send)
      if (!(result instanceof UpstreamError)) return result.value
      if (call.context.mayWaitAgain?.() === false) throw result
      rejection = result
    }
  }

  /** Records a failure before the next call gets a slot. The abort of an operation or the end of the process is none of the vendor. */
  async function recorded<Result>(
    { resource, what, context }: Call<unknown, Resource>,
    run: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await run()
    } catch (reason) {
      if (!(reason instanceof UpstreamError)) throw reason
      const error = context.explain?.(reason) ?? reason
      if (!isWaiting(error) && !transport.isClosed) pipeline.recordFailure(resource, what, error)
      throw error
    }
  }

  async function sendOnce<Value>(call: Call<Value, Resource>, progress: Progress): ReturnType<typeof exchange<Value>> {
    const { what, resource, account = api.account, context } = call
    const waited = clock.elapsed() - progress.waitsSince
    const request = await toRequest(call)
    progress.sent += 1
    const { method, url } = request
    return recordAttempt({ method, url, what, resource, account, context, number: progress.sent, waited }, (onAnswer) =>
      exchange(call, request, onAnswer),
    )
  }

  /**
   * Returns the error of a 429, which pauses the resource before the next call gets a slot. A change fails instead.
   * @throws UpstreamError for any other status that is no success
   */
  async function exchange<Value>(
    call: Call<Value, Resource>,
    request: OutgoingRequest,
    onAnswer: (status: number) => void,
  ): Promise<UpstreamError | { readonly value: Value }> {
    const { resource, what, context } = call
    const [asOf, startedAt] = [clock.now(), clock.elapsed()]
    const response = await send(call, request)
    onAnswer(response.status)
    const callResponse = { api, what, response, now: clock.now(), redact }
    if (isSuccess(call, response.status)) {
      const value = await parse(call, callResponse)
      context.onResponse?.(asOf, startedAt)
      pipeline.recordSuccess(resource, what)
      return { value }
    }
    const error = toResponseError(callResponse)
    if (response.status !== 429) throw error
    pipeline.rateLimiter.pause(resource, error)
    pipeline.recordRejection(resource, what, error)
    context.onRejected?.(error)
    if (call.change) throw error
    context.permit.recordResponse()
    return error
  }

  async function parse<Value>({ parse, context }: Call<Value, Resource>, callResponse: CallResponse): Promise<Value> {
    const { text, bytes } = callResponse.response
    try {
      const value = parse(await parseBody(api, text, responseTime))
      const page = pageOf(value)
      if (page) {
        context.size.addPage({ rows: page.rows.length, bytes })
        context.keptMembers?.addPage(page)
      }
      return value
    } catch (cause) {
      throw toMalformedResponseError(callResponse, cause)
    }
  }

  async function toRequest({ url, method = 'GET', headers, body }: Call<unknown, Resource>): Promise<OutgoingRequest> {
    const request = {
      method,
      url,
      headers: { accept: 'application/json', ...headers },
      ...(body !== undefined && { body }),
    }
    return { ...request, headers: { ...request.headers, ...(await api.authorize(request)) } }
  }

  return async (call) => {
    const { method = 'GET', change, context, resource } = call
    const progress = { sent: 0, waitsSince: 0 }
    const isAllowed = () => (change ? change === 'idempotent' : method === 'GET') && pipeline.allowsRetries(resource)
    return untilAborted(
      withRetries((previous) => attempt(call, progress, previous), { clock, options: context, isAllowed }),
      context.signal,
    )
  }
}

/**
 * Whether the answer may be complete. A read is answered with 200, or with 204 and no body. No vendor documents another
 * status for it: a 206 has a part of a list, and a 203 what a proxy made of it.
 */
function isSuccess({ method = 'GET' }: Pick<Call<unknown>, 'method'>, status: number): boolean {
  if (method === 'GET') return status === 200 || status === 204
  return status >= 200 && status < 300 && status !== 206
}

/** An error that no answer of the vendor caused: a call before this one, such as for a token, could not be made. */
function isWaiting({ code }: UpstreamError): boolean {
  return code === 'UPSTREAM_RATE_LIMITED' || code === 'UPSTREAM_CIRCUIT_OPEN'
}
