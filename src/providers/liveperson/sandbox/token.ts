import type { Call, EmulatedResponse } from '../../../sandbox/call.ts'
import { createSecret } from '../../../sandbox/seed-values.ts'
import { reject } from './responses.ts'
import type { Account, LivePersonSandboxState } from './state.ts'

/** The client credentials grant. */
export function respondToken(
  call: Call,
  account: Account,
  state: LivePersonSandboxState,
  now: number,
): EmulatedResponse {
  const form = new URLSearchParams(call.body)
  if (!call.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return reject(400, 'The request is not form-encoded.', now)
  }
  if (form.get('grant_type') !== 'client_credentials') return reject(400, 'The grant type is not supported.', now)
  const { client } = account
  if (!client || form.get('client_id') !== client.clientId || form.get('client_secret') !== client.clientSecret) {
    return reject(401, 'The client is unknown.', now)
  }
  const exp = Math.floor(now / 1000) + state.tokenLifetime
  const value = [encoded({ alg: 'RS256', typ: 'JWT' }), encoded({ sub: client.clientId, exp }), createSecret()].join(
    '.',
  )
  account.tokens.push({ value, expiresAt: exp * 1000 })
  return {
    status: 200,
    body: {
      access_token: value,
      token_type: 'Bearer',
      ...(state.expiresInStated && { expires_in: state.tokenLifetime }),
    },
  }
}

/** Whether the call has a valid token of the account. */
export function isAuthorized(call: Call, account: Account, now: number): boolean {
  return account.tokens.some(
    ({ value, expiresAt }) =>
      call.headers.authorization === `Bearer ${value}` && (expiresAt === null || now < expiresAt),
  )
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
