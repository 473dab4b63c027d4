import { UpstreamError } from '../upstream/error.ts'

/** Why a call or a reading failed, as a label: a closed set. */
export type FailureReason =
  | 'rate_limited'
  | 'http_401'
  | 'http_403'
  | 'http_4xx'
  | 'http_5xx'
  | 'timeout'
  | 'malformed'
  | 'unreachable'
  | 'aborted'

/** The reason of an error. While a circuit is open, that of the failure that opened it. */
export function toFailureReason(error: unknown): FailureReason {
  if (!(error instanceof UpstreamError)) return 'aborted'
  switch (error.code) {
    case 'UPSTREAM_CIRCUIT_OPEN':
      return error.cause instanceof UpstreamError ? toFailureReason(error.cause) : 'unreachable'
    case 'UPSTREAM_RATE_LIMITED':
      return 'rate_limited'
    case 'UPSTREAM_UNAUTHENTICATED':
      return 'http_401'
    case 'UPSTREAM_FORBIDDEN':
      return 'http_403'
    case 'UPSTREAM_TIMEOUT':
      return 'timeout'
    case 'UPSTREAM_MALFORMED_RESPONSE':
      return 'malformed'
    case 'UPSTREAM_UNAVAILABLE':
      return error.details.httpStatus === undefined ? 'unreachable' : 'http_5xx'
    default:
      return 'http_4xx'
  }
}
