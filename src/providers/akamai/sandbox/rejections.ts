import type { Call, EmulatedResponse } from '../../../sandbox/call.ts'

/** A rejection by the gateway in front of all Akamai APIs. */
export function rejectAtGateway(
  call: Call,
  status: number,
  title: string,
  detail: string,
  now: number,
): EmulatedResponse {
  const kind = status === 400 ? 'request-error' : 'deny'
  return problem(status, {
    type: `https://problems.luna.akamaiapis.net/-/pep-authn/${kind}`,
    title,
    status,
    detail,
    instance: `http://${call.headers.host}${call.path}`,
    method: call.method,
    serverIp: '192.0.2.1',
    clientIp: '127.0.0.1',
    requestId: '5a9db0c7',
    requestTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
  })
}

/** A rejection by the certificate API. */
export function reject(call: Call, status: number, kind: string, title: string, detail: string): EmulatedResponse {
  const type = `http://${call.headers.host}/cps/v2/error-types/${kind}`
  return problem(status, { type, title, detail, instance: type })
}

/** A rejection by the contract API. Its status is a string. */
export function rejectContracts(status: number, title: string): EmulatedResponse {
  return problem(status, { type: `/contract-api/error-types/E${status}`, status: String(status), title })
}

/** A rejection by the identity management API. */
export function rejectIdentity(status: number, title: string, detail: string): EmulatedResponse {
  return problem(status, { type: `/identity-management/error-types/${status}`, httpStatus: status, title, detail })
}

/** The documented body. It has no instance; the delay is in the header and in `detail`. */
export function rejectForRate(milliseconds: number): EmulatedResponse {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  const response = problem(429, {
    type: '429 Too Many Requests',
    title: 'Too Many Requests',
    detail: `The quota of this account is used up. Retry after: ${seconds} seconds.`,
  })
  return { ...response, headers: { ...response.headers, 'retry-after': String(seconds) } }
}

function problem(status: number, body: object): EmulatedResponse {
  return { status, headers: { 'content-type': 'application/problem+json' }, body }
}

/** Accept has to name a version exactly. The response has the same media type. */
export const mediaTypes = {
  /** v2 is the first version with an issuer and the FIPS mode. */
  activeCertificates: 'application/vnd.akamai.cps.active-certificates.v2+json',
  enrollments: 'application/vnd.akamai.cps.enrollments.v11+json',
  deployment: 'application/vnd.akamai.cps.deployment.v8+json',
} as const

/** Rejects a call that accepts no version, or another one. */
export function rejectUnlessAccepts(call: Call, mediaType: string): EmulatedResponse | undefined {
  if (call.headers.accept === mediaType) return undefined
  return reject(call, 406, 'not-acceptable', 'Not acceptable', `Accept has to be ${mediaType}.`)
}
