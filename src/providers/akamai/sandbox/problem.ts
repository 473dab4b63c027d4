import type { Answer, Call } from '../../../sandbox/call.ts'

/** What the gateway in front of every Akamai API says when it lets a call not through. */
export function refuseAtGateway(call: Call, status: number, title: string, detail: string, now: number): Answer {
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

/** A refusal by the certificate API itself. */
export function refuse(call: Call, status: number, kind: string, title: string, detail: string): Answer {
  const type = `http://${call.headers.host}/cps/v2/error-types/${kind}`
  return problem(status, { type, title, detail, instance: type })
}

/** A refusal by the contract API, whose status is text. */
export function refuseContracts(status: number, title: string): Answer {
  return problem(status, { type: `/contract-api/error-types/E${status}`, status: String(status), title })
}

/** A refusal by the API of identities. */
export function refuseIdentity(status: number, title: string, detail: string): Answer {
  return problem(status, { type: `/identity-management/error-types/${status}`, httpStatus: status, title, detail })
}

/** The documented body, which has no instance; the wait is in the header and once more in the prose. */
export function refuseForRate(milliseconds: number): Answer {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  const answer = problem(429, {
    type: '429 Too Many Requests',
    title: 'Too Many Requests',
    detail: `The quota of this account is used up. Retry after: ${seconds} seconds.`,
  })
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } }
}

function problem(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/problem+json' }, body }
}
