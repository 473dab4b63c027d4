import type { Answer, Call } from '../../../sandbox/call.ts'
import { createSecret } from '../../../sandbox/secret.ts'
import { refuse } from './body.ts'
import type { Account, LivePersonSandboxState } from './state.ts'

/** The client credentials grant: a token for who knows the client's secret. */
export function answerToken(call: Call, account: Account, state: LivePersonSandboxState, now: number): Answer {
  const form = new URLSearchParams(call.body)
  if (!call.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return refuse(400, 'The request is not form-encoded.', now)
  }
  if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'The grant type is not supported.', now)
  const { client } = account
  if (!client || form.get('client_id') !== client.clientId || form.get('client_secret') !== client.clientSecret) {
    return refuse(401, 'The client is not known.', now)
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

/** Whether the call bears a token that is good for the account. */
export function isAuthorized(call: Call, account: Account, now: number): boolean {
  return account.tokens.some(
    ({ value, expiresAt }) =>
      call.headers.authorization === `Bearer ${value}` && (expiresAt === null || now < expiresAt),
  )
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
