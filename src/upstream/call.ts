import pLimit from 'p-limit'
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import { codeOfStatus, UpstreamError, type UpstreamErrorDetails } from './error.ts'
import { redact } from './redact.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { UpstreamSettings } from './settings.ts'
import { untilAborted, withTimeout } from './timeout.ts'
import { AnswerTooLong, type IncomingAnswer, type OutgoingRequest, type Transport } from './transport.ts'

/** What every vendor is called with. */
export interface Upstream {
  readonly clock: Clock
  readonly transport: Transport
  readonly settings: UpstreamSettings
  readonly log: Logger
}

/** One call: what is asked for, in words for an error message, and how. */
interface Call<Value> {
  readonly what: string
  readonly url: URL
  readonly signal: AbortSignal
  readonly method?: OutgoingRequest['method']
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Untrusted body → value. Whatever it throws makes the answer malformed. */
  readonly parse: (body: unknown) => Value
}

type Headers = Readonly<Record<string, string>>

/** How an account of a vendor is spoken to. */
export interface Account {
  readonly provider: string
  /** The vendor as a person calls it. */
  readonly brand: string
  /** Headers that prove who calls; asked for anew at every attempt. */
  authorize(request: OutgoingRequest): Headers | Promise<Headers>
  /** Values that must not appear in a message. */
  secrets(): readonly string[]
  parseJson(text: string): unknown
  /** What the vendor's error body says, and how long it asks to wait, if it says so there. */
  parseError(body: unknown): { readonly message?: string | undefined; readonly retryAfterSeconds?: number | undefined }
}

/** Makes calls for one account, so many at once. */
export type Caller = <Value>(call: Call<Value>) => Promise<Value>

const longestMessage = 300
/** The largest whole number that the public API can carry. */
const longestWait = 2 ** 31 - 1

export function createCaller(account: Account, { clock, transport, settings, log }: Upstream): Caller {
  const limit = pLimit(settings.concurrency)

  async function attempt<Value>(call: Call<Value>): Promise<Value> {
    call.signal.throwIfAborted()
    const { url, method = 'GET', headers, body } = call
    const request = {
      method,
      url,
      headers: { accept: 'application/json', ...headers },
      ...(body !== undefined && { body }),
    }
    const signed = { ...request, headers: { ...request.headers, ...(await account.authorize(request)) } }
    const answer = await send(call, signed)
    if (answer.status < 200 || answer.status > 299) throw refused(call.what, answer)
    try {
      return call.parse(account.parseJson(answer.text))
    } catch (cause) {
      const problem = `${account.brand} did not answer with ${call.what} as it documents`
      throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem, detailsOf(answer), cause)
    }
  }

  async function send(call: Call<unknown>, request: OutgoingRequest): Promise<IncomingAnswer> {
    const { provider, brand } = account
    const milliseconds = settings.timeout
    const expired = () =>
      new UpstreamError('UPSTREAM_TIMEOUT', `${brand} did not give ${call.what} within ${milliseconds} ms`, {
        provider,
      })
    try {
      return await withTimeout({ clock, milliseconds, expired, signal: call.signal }, (signal) =>
        transport.send(request, signal),
      )
    } catch (reason) {
      if (call.signal.aborted || reason instanceof UpstreamError) throw reason
      if (reason instanceof AnswerTooLong) {
        const problem = `${brand} answered ${reason.message} for ${call.what}`
        throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem, { provider })
      }
      throw new UpstreamError(
        'UPSTREAM_UNAVAILABLE',
        `${brand} could not be reached for ${call.what}`,
        { provider },
        reason,
      )
    }
  }

  function refused(what: string, answer: IncomingAnswer): UpstreamError {
    const { message, retryAfterSeconds } = sayOf(answer)
    const said = message ? `: ${redact(message, account.secrets()).slice(0, longestMessage)}` : ''
    return new UpstreamError(
      codeOfStatus(answer.status),
      `${account.brand} answered ${answer.status} to ${what}${said}`,
      detailsOf(answer, retryAfterSeconds),
    )
  }

  function sayOf(answer: IncomingAnswer): ReturnType<Account['parseError']> {
    try {
      return account.parseError(account.parseJson(answer.text))
    } catch {
      return {}
    }
  }

  function detailsOf(answer: IncomingAnswer, saidToWait?: number): UpstreamErrorDetails {
    const wait = parseRetryAfter(answer.header('retry-after'), clock.now()) ?? saidToWait
    const upstreamRequestId = answer.header('x-request-id')
    return {
      provider: account.provider,
      httpStatus: answer.status,
      ...(wait !== undefined && { retryAfterSeconds: Math.min(wait, longestWait) }),
      ...(upstreamRequestId !== undefined && { upstreamRequestId: redact(upstreamRequestId, account.secrets()) }),
    }
  }

  /** A line for a call that failed, at night the first to look for; none for one that nobody waits for any more. */
  function note(error: unknown): void {
    if (!(error instanceof UpstreamError)) return
    const { provider } = account
    log.warn({ provider, code: error.code, ...error.details }, error.message)
  }

  return async (call) => {
    try {
      return await untilAborted(
        limit(() => attempt(call)),
        call.signal,
      )
    } catch (error) {
      note(error)
      throw error
    }
  }
}
