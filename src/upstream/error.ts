import { InputError } from '../input-error.ts'

/** The codes of a failed call to a vendor, as in the public API. */
export type UpstreamErrorCode =
  | 'UPSTREAM_UNAUTHENTICATED'
  | 'UPSTREAM_FORBIDDEN'
  | 'UPSTREAM_NOT_FOUND'
  | 'UPSTREAM_CONFLICT'
  | 'UPSTREAM_INVALID_REQUEST'
  | 'UPSTREAM_RATE_LIMITED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_MALFORMED_RESPONSE'
  | 'UPSTREAM_CIRCUIT_OPEN'

export interface UpstreamErrorDetails {
  readonly provider?: string
  /** Global id of the place that was read. */
  readonly place?: string
  readonly httpStatus?: number
  readonly retryAfterSeconds?: number
  /** The vendor's id of the call, for its support. */
  readonly upstreamRequestId?: string
}

/** A body differs from the vendor's documentation. The message says how, quotes nothing of the body, and is for the caller. */
export class MalformedBodyError extends Error {}

/** A failed call to a vendor. The message is for the caller and contains no secret. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly code: UpstreamErrorCode
  readonly details: UpstreamErrorDetails
  /** The results of `at`, by place: one failure is the error of thousands of fields. */
  #located: Map<string, UpstreamError> | null = null
  /** The last result of `after`. While a place fails, every operation needs the same. */
  #later: UpstreamError | undefined

  constructor(code: UpstreamErrorCode, message: string, details: UpstreamErrorDetails = {}, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.details = details
  }

  /** Returns the error with these details in addition. */
  with(details: UpstreamErrorDetails): UpstreamError {
    return new UpstreamError(this.code, this.message, { ...this.details, ...details }, this.cause)
  }

  /** Returns the error with the place that it concerns. */
  at(place: { readonly provider: string; readonly id: string }): UpstreamError {
    const { provider, place: placeId } = this.details
    if (provider === place.provider && placeId === place.id) return this
    this.#located ??= new Map()
    const located = this.#located.get(place.id) ?? this.with({ provider: place.provider, place: place.id })
    this.#located.set(place.id, located)
    return located
  }

  /** Returns the error as it reads this many milliseconds later: less time is left to wait. */
  after(milliseconds: number): UpstreamError {
    const { retryAfterSeconds, ...details } = this.details
    if (retryAfterSeconds === undefined) return this
    const left = retryAfterSeconds - Math.floor(milliseconds / 1000)
    const wait = left > 0 ? { retryAfterSeconds: left } : {}
    if (!this.#later || this.#later.details.retryAfterSeconds !== wait.retryAfterSeconds)
      this.#later = new UpstreamError(this.code, this.message, { ...details, ...wait }, this.cause)
    return this.#later
  }
}

/** An expected failure of a reading: a failed call, an id that may not enter a URL, or a place hidden from the caller. */
export type ReadingFailure = UpstreamError | InputError

export function isReadingFailure(error: unknown): error is ReadingFailure {
  return error instanceof UpstreamError || error instanceof InputError
}

/** The code for a status that is no success. No vendor documents a redirect, and none is followed. */
export function codeOfStatus(status: number): UpstreamErrorCode {
  if (status >= 500) return 'UPSTREAM_UNAVAILABLE'
  switch (status) {
    case 401:
      return 'UPSTREAM_UNAUTHENTICATED'
    case 403:
      return 'UPSTREAM_FORBIDDEN'
    case 404:
      return 'UPSTREAM_NOT_FOUND'
    case 409:
      return 'UPSTREAM_CONFLICT'
    case 429:
      return 'UPSTREAM_RATE_LIMITED'
  }
  return status >= 400 ? 'UPSTREAM_INVALID_REQUEST' : 'UPSTREAM_MALFORMED_RESPONSE'
}

/** The message of a planned call. It never leaves the program. */
const planned = 'not called: the calls of this operation are only planned'

/** The error in place of the result of a call that is only planned. */
export function callPlanned(): UpstreamError {
  return new UpstreamError('UPSTREAM_UNAVAILABLE', planned)
}

export function isPlannedCall({ message }: Error): boolean {
  return message.includes(planned)
}

/** The error in place of what only a call could read, in an operation that causes none. */
export function notCalled(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAVAILABLE',
    'not read: the events of a subscription cause no call to a vendor; select it in a query',
  )
}

const endedFor = new WeakMap<object, UpstreamError>()

/** The error of a load whose operation has ended. All loads of the operation fail together, with one error. */
export function operationEnded(reason: unknown): UpstreamError {
  const known = typeof reason === 'object' && reason !== null ? endedFor.get(reason) : undefined
  if (known) return known
  const error = new UpstreamError('UPSTREAM_TIMEOUT', 'not read before the operation ended', {}, reason)
  if (typeof reason === 'object' && reason !== null) endedFor.set(reason, error)
  return error
}
