import type { Effect } from '../../../src/sandbox/fault.ts'

/** A failure of a call, and how it is reported. */
export interface FailureCase {
  readonly effect: Effect | ((now: number) => Effect)
  readonly code: string
  readonly httpStatus?: number
  readonly retryAfterSeconds?: number
  /** How often the vendor is called before the failure is reported. Default: once. */
  readonly calls?: number
}

const refusing = (status: number, code: string): FailureCase => ({ effect: { status }, code, httpStatus: status })
const answering = (body: string, contentType: string): FailureCase => ({
  effect: { status: 200, headers: { 'content-type': contentType }, body },
  code: 'UPSTREAM_MALFORMED_RESPONSE',
  httpStatus: 200,
})
const rateLimited = { code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429 }
const retried = { calls: 4 }

/** What the vendor does, and the documented report of it. */
export const failureCases: Readonly<Record<string, FailureCase>> = {
  'answers 400': refusing(400, 'UPSTREAM_INVALID_REQUEST'),
  'answers 401': refusing(401, 'UPSTREAM_UNAUTHENTICATED'),
  'answers 403': refusing(403, 'UPSTREAM_FORBIDDEN'),
  'answers 404': refusing(404, 'UPSTREAM_NOT_FOUND'),
  'answers 408': { ...refusing(408, 'UPSTREAM_INVALID_REQUEST'), ...retried },
  'answers 409': refusing(409, 'UPSTREAM_CONFLICT'),
  'answers 418': refusing(418, 'UPSTREAM_INVALID_REQUEST'),
  'answers 429 with Retry-After in seconds': {
    effect: { status: 429, headers: { 'retry-after': '17' } },
    ...rateLimited,
    retryAfterSeconds: 17,
  },
  'answers 429 with a date as Retry-After': {
    effect: (now) => ({ status: 429, headers: { 'retry-after': new Date(now + 90_000).toUTCString() } }),
    ...rateLimited,
    retryAfterSeconds: 90,
  },
  'answers 429 without Retry-After': { effect: { status: 429 }, ...rateLimited, retryAfterSeconds: 60 },
  'answers 500': { ...refusing(500, 'UPSTREAM_UNAVAILABLE'), ...retried },
  'answers 502': { ...refusing(502, 'UPSTREAM_UNAVAILABLE'), ...retried },
  'answers 503': { ...refusing(503, 'UPSTREAM_UNAVAILABLE'), ...retried },
  'does not answer': { effect: 'hang', code: 'UPSTREAM_TIMEOUT' },
  'resets the connection': { effect: 'reset', code: 'UPSTREAM_UNAVAILABLE', ...retried },
  'answers with a redirect': {
    effect: { status: 302, headers: { location: 'https://sign-in.example/' } },
    code: 'UPSTREAM_MALFORMED_RESPONSE',
    httpStatus: 302,
  },
  'answers with HTML': answering('<!doctype html><title>Sign in</title>', 'text/html'),
  'answers with broken JSON': answering('{"data": [{"id"', 'application/json'),
  'answers with an empty body': answering('', 'application/json'),
  'answers with null': answering('null', 'application/json'),
  'answers with JSON of another shape': answering('{"unexpected": true}', 'application/json'),
  'answers with a JSON string': answering('"fine"', 'application/json'),
  'answers with more than 32 MB': {
    effect: { status: 200, body: 'x'.repeat(33 * 1024 * 1024) },
    code: 'UPSTREAM_MALFORMED_RESPONSE',
  },
}
