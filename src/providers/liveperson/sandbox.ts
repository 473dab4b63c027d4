import type { Call, EmulatedResponse, Handler } from '../../sandbox/call.ts'
import { startEmulator } from '../../sandbox/emulator.ts'
import { createRouter } from '../../sandbox/router.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { createSlidingLog } from '../../sandbox/sliding-log.ts'
import { reject, respondCertificate, respondCertificates, respondDomain, respondDomains } from './sandbox/responses.ts'
import { createScaledAccounts, type LivePersonScale } from './sandbox/scaled.ts'
import { createAccounts } from './sandbox/seed.ts'
import type { Account, LivePersonSandboxState } from './sandbox/state.ts'
import { isAuthorized, respondToken } from './sandbox/token.ts'

interface AccountConfig {
  readonly id: string
  readonly name: string
  readonly token?: string
  readonly credentials?: { readonly clientId: string; readonly clientSecret: string }
}

export interface LivePersonSandboxConfig {
  readonly domainApiUrl: string
  readonly accounts: readonly AccountConfig[]
}

/** Emulates three services of LivePerson at one address: Domain API, tokens and the mTLS gateway. */
export async function startLivePersonSandbox({
  now,
  limits = true,
  scale,
}: SandboxOptions<LivePersonScale>): Promise<Sandbox<LivePersonSandboxConfig, LivePersonSandboxState>> {
  const state: LivePersonSandboxState = {
    domainShape: 'single',
    expiresInStated: false,
    tokenLifetime: 3600,
    accounts: scale ? createScaledAccounts(now(), scale) : createAccounts(now()),
  }
  const emulator = await startEmulator(createRoutes(state, now, limits), { now })
  return {
    config: { domainApiUrl: emulator.url, accounts: state.accounts.map(toAccountConfig) },
    emulator,
    state,
    close: emulator.close,
  }
}

function toAccountConfig({ id, name, client, tokens: [token] }: Account): AccountConfig {
  return { id, name, ...(client ? { credentials: client } : token && { token: token.value }) }
}

function createRoutes(state: LivePersonSandboxState, now: () => number, limits: boolean): Handler {
  const find = (accountId: string) => state.accounts.find(({ id }) => id === accountId)

  const lookUp = (call: Call, accountId: string, service: string | null): EmulatedResponse => {
    if (!find(accountId)) return { status: 400, body: 'unknown account' }
    // All services are at the host of this call.
    const host = call.headers.host ?? ''
    return service === null ? respondDomains(accountId, host) : respondDomain(accountId, service, host)
  }

  const calls = createSlidingLog({ limit: 10, window: 1_000, now })

  /** The gateway's rate limit is per client address, and all calls here come from one address. */
  function within(call: Call, accountId: string, respond: (account: Account) => EmulatedResponse): EmulatedResponse {
    if (limits && calls.take('loopback') > 0) return { status: 429 }
    const account = find(accountId)
    if (!account || !isAuthorized(call, account, now())) {
      const known = state.accounts.some((other) => isAuthorized(call, other, now()))
      return known ? reject(403, 'Not authorized', now()) : reject(401, 'Not authenticated', now())
    }
    return respond(account)
  }

  return createRouter({
    'GET /api/account/:accountId/service/baseURI.json': ({ call, params }) => lookUp(call, params.accountId, null),

    'GET /api/account/:accountId/service/:service/baseURI.json': ({ call, params }) =>
      lookUp(call, params.accountId, state.domainShape === 'list' ? null : params.service),

    'POST /sentinel/api/v2/account/:accountId/app/token': ({ call, params }) => {
      const account = find(params.accountId)
      return account ? respondToken(call, account, state, now()) : reject(401, 'Not authenticated', now())
    },

    'GET /mtls/account/:accountId/certificates': ({ call, params }) =>
      within(call, params.accountId, respondCertificates),

    'GET /mtls/account/:accountId/certificates/:certificateId': ({ call, params }) =>
      within(call, params.accountId, (account) => {
        const certificate = account.certificates.find(({ id }) => id === params.certificateId)
        return certificate ? respondCertificate(certificate, account) : { status: 404 }
      }),
  })
}
