import { codeOfStatus, MalformedBodyError, UpstreamError, type UpstreamErrorDetails } from '../error.ts'
import { maxPause } from '../rate-limit/rate-limiter.ts'
import type { Redact } from '../redact.ts'
import type { IncomingResponse } from '../response-reader.ts'
import type { OutgoingRequest } from '../transport.ts'
import { checkJsonStructure } from './json-structure.ts'
import { ReadingTooLargeError } from './reading-size.ts'
import { maxRetryAfterSeconds, parseDate, parseRateLimitNext, parseRetryAfter } from './retry-after.ts'

export type Headers = Readonly<Record<string, string>>

/** Identifies an API client, or what it reads, in all replicas. */
export interface Identity {
  /** They may contain secrets: only their digest leaves the process. */
  readonly parts: readonly string[]
  /** The configured secret of the account, never a fetched token. Replicas sign with it what they share. */
  readonly secret: string
}

/** The identity of something that a client reads. */
export function identityWithin({ parts, secret }: Identity, ...further: readonly string[]): Identity {
  return { parts: [...parts, ...further], secret }
}

/** The API of a vendor, with the credentials of one account. */
export interface VendorApi {
  readonly provider: string
  /** The vendor's name in messages. */
  readonly brand: string
  /** The id of the account in the configuration; empty where a call names it. */
  readonly account: string
  /** Returns the headers that authenticate a request; called for every attempt. */
  authorize(request: OutgoingRequest): Headers | Promise<Headers>
  /** Values that must not appear in a message. */
  secrets(): readonly string[]
  parseJson(text: string): unknown
  /** Reads the message and the time to wait from an error body, as far as it contains them. */
  parseError(body: unknown): { readonly message?: string | undefined; readonly retryAfterSeconds?: number | undefined }
}

/** How the log names the API of an account. The account is absent where several share the calls. */
export type NamedApi = Pick<VendorApi, 'provider' | 'brand'> & Partial<Pick<VendorApi, 'account'>>

const maxMessageLength = 300
const maxIdLength = 200
const maxProblemLength = 200

/** A response with the call it belongs to. */
export interface CallResponse {
  readonly api: VendorApi
  /** What the call is for, in words. */
  readonly what: string
  readonly response: IncomingResponse
  /** Wall-clock time at which the response came. */
  readonly now: number
  readonly redact: Redact
}

/** The error for a response whose status is no success, with the vendor's own message. */
export function toResponseError(callResponse: CallResponse): UpstreamError {
  const { api, what, response, redact } = callResponse
  const { message, retryAfterSeconds } = parseErrorBody(callResponse)
  const quoted = message ? `: ${redact(message, maxMessageLength, api.secrets())}` : ''
  return new UpstreamError(
    codeOfStatus(response.status),
    `${api.brand} answered ${response.status} for ${what}${quoted}`,
    toDetails(callResponse, retryAfterSeconds),
  )
}

/**
 * The error for a success whose body differs from the vendor's documentation, or is more than is read. It says what is wrong
 * with the body.
 */
export function toMalformedResponseError(callResponse: CallResponse, cause: unknown): UpstreamError {
  const { api, what, redact } = callResponse
  const message =
    cause instanceof ReadingTooLargeError
      ? `${api.brand} returned ${cause.message}, the limit of one reading, for ${what}`
      : `${api.brand} returned a malformed response for ${what}${redact(problemOf(cause), maxProblemLength, api.secrets())}`
  return new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', message, toDetails(callResponse), cause)
}

/** What is wrong with a body; empty when it is not known. The error of a JSON parser quotes the body. */
function problemOf(cause: unknown): string {
  if (cause instanceof MalformedBodyError) return `: ${cause.message}`
  return cause instanceof SyntaxError ? ': the body is not JSON' : ''
}

/** After a 429, certgraph calls again when its own pause ends. */
function longestWait(status: number): number {
  return status === 429 ? maxPause / 1000 : maxRetryAfterSeconds
}

function parseErrorBody({ api, response: { text } }: CallResponse): ReturnType<VendorApi['parseError']> {
  try {
    checkJsonStructure(text)
    return api.parseError(api.parseJson(text))
  } catch {
    return {}
  }
}

function toDetails({ api, response, now, redact }: CallResponse, secondsInBody?: number): UpstreamErrorDetails {
  const vendorNow = parseDate(response.header('date'), now)
  const seconds =
    parseRetryAfter(response.header('retry-after'), vendorNow) ??
    secondsInBody ??
    parseRateLimitNext(response.header('x-ratelimit-next'), vendorNow)
  const upstreamRequestId = response.header('x-request-id')
  return {
    provider: api.provider,
    httpStatus: response.status,
    ...(seconds !== undefined && { retryAfterSeconds: Math.min(seconds, longestWait(response.status)) }),
    ...(upstreamRequestId !== undefined && {
      upstreamRequestId: redact(upstreamRequestId, maxIdLength, api.secrets()),
    }),
  }
}
