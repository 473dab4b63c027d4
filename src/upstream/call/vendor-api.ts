import { codeOfStatus, UpstreamError, type UpstreamErrorDetails } from '../error.ts'
import type { Redact } from '../redact.ts'
import type { IncomingResponse, OutgoingRequest } from '../transport.ts'
import { maxRetryAfterSeconds, parseDate, parseRateLimitNext, parseRetryAfter } from './retry-after.ts'

export type Headers = Readonly<Record<string, string>>

/** How an account of a vendor is spoken to. */
export interface VendorApi {
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

const longestMessage = 300

/** An answer, what it was asked for, and when it came. */
interface Answered {
  readonly account: VendorApi
  readonly what: string
  readonly answer: IncomingResponse
  readonly now: number
  readonly redact: Redact
}

/** The error for an answer that is no success, with what the vendor says of it. */
export function toResponseError(answered: Answered): UpstreamError {
  const { account, what, answer, redact } = answered
  const { message, retryAfterSeconds } = sayOf(answered)
  const said = message ? `: ${redact(message, account.secrets()).slice(0, longestMessage)}` : ''
  const told = `${account.brand} answered ${answer.status} to ${what}${said}`
  return new UpstreamError(codeOfStatus(answer.status), told, detailsOf(answered, retryAfterSeconds))
}

/** The error for a success whose body is not what the vendor documents. */
export function toMalformedResponseError(answered: Answered, cause: unknown): UpstreamError {
  const { account, what } = answered
  const told = `${account.brand} did not answer with ${what} as it documents`
  return new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', told, detailsOf(answered), cause)
}

function sayOf({ account, answer }: Answered): ReturnType<VendorApi['parseError']> {
  try {
    return account.parseError(account.parseJson(answer.text))
  } catch {
    return {}
  }
}

function detailsOf({ account, answer, now, redact }: Answered, saidToWait?: number): UpstreamErrorDetails {
  const theirNow = parseDate(answer.header('date'), now)
  const wait =
    parseRetryAfter(answer.header('retry-after'), theirNow) ??
    saidToWait ??
    parseRateLimitNext(answer.header('x-ratelimit-next'), theirNow)
  const upstreamRequestId = answer.header('x-request-id')
  return {
    provider: account.provider,
    httpStatus: answer.status,
    ...(wait !== undefined && { retryAfterSeconds: Math.min(wait, maxRetryAfterSeconds) }),
    ...(upstreamRequestId !== undefined && { upstreamRequestId: redact(upstreamRequestId, account.secrets()) }),
  }
}
