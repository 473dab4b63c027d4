import type { Call, EmulatedResponse, Handler } from '../../sandbox/call.ts'
import { startEmulator } from '../../sandbox/emulator.ts'
import { createRouter } from '../../sandbox/router.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { createSlidingLog } from '../../sandbox/sliding-log.ts'
import { respondActiveCertificates, respondDeployment } from './sandbox/deployments.ts'
import { createEdgeGridVerifier } from './sandbox/edgegrid.ts'
import { respondEnrollments } from './sandbox/enrollments.ts'
import {
  mediaTypes,
  reject,
  rejectAtGateway,
  rejectContracts,
  rejectForRate,
  rejectIdentity,
  rejectUnlessAccepts,
} from './sandbox/rejections.ts'
import { type AkamaiScale, createScaledAccounts } from './sandbox/scaled.ts'
import { createAccountOfTwoContracts } from './sandbox/seed.ts'
import type { Account, AkamaiSandboxState, Contract } from './sandbox/state.ts'

export interface AkamaiSandboxConfig {
  readonly accounts: readonly {
    readonly id: string
    readonly name: string
    readonly credentials: { host: string; clientToken: string; clientSecret: string; accessToken: string }
    readonly baseUrl: string
  }[]
}

/** Emulates Akamai's gateway with three APIs: certificates (CPS), contracts and account switch keys. */
export async function startAkamaiSandbox({
  now,
  limits = true,
  scale,
}: SandboxOptions<AkamaiScale>): Promise<Sandbox<AkamaiSandboxConfig, AkamaiSandboxState>> {
  const accounts = scale ? await createScaledAccounts(now(), scale) : [await createAccountOfTwoContracts(now())]
  const state: AkamaiSandboxState = { accounts }
  const emulator = await startEmulator(createRoutes(state, now, limits), { now })
  return {
    config: {
      accounts: accounts.map(({ id, name, clientToken, clientSecret, accessToken }) => ({
        id,
        name,
        credentials: { host: 'akab-sandbox.akamai.example', clientToken, clientSecret, accessToken },
        baseUrl: emulator.url,
      })),
    },
    emulator,
    state,
    close: emulator.close,
  }
}

function createRoutes(state: AkamaiSandboxState, now: () => number, limits: boolean): Handler {
  const verify = createEdgeGridVerifier(
    now,
    (clientToken) => state.accounts.find((account) => account.clientToken === clientToken),
    { scheme: 'http' },
  )
  // Both limits are per account, for all of its clients. https://techdocs.akamai.com/cps/reference/rate-limiting
  const allCalls = createSlidingLog({ limit: 20, window: 2_000, now })
  const activeCertificates = createSlidingLog({ limit: 10, window: 60_000, now })
  const rejectionForRate = (log: typeof allCalls, account: Account) => {
    const wait = limits ? log.take(account) : 0
    return wait > 0 ? rejectForRate(wait) : undefined
  }

  /** Responds to calls that a known client has signed, for one of its accounts, within the account's rate limit. */
  function within(call: Call, respond: (account: Account) => EmulatedResponse): EmulatedResponse {
    const verdict = verify(call)
    if ('rejected' in verdict) {
      return verdict.rejected === 'malformed'
        ? rejectAtGateway(call, 400, 'Bad request', 'The Authorization header is missing or malformed', now())
        : rejectAtGateway(call, 401, 'Not authorized', `The request was rejected: ${verdict.rejected}`, now())
    }
    const account = state.accounts.find(
      ({ clientToken, accountSwitchKey }) =>
        clientToken === verdict.clientToken && accountSwitchKey === call.query.get('accountSwitchKey'),
    )
    if (!account) return rejectAtGateway(call, 403, 'Forbidden', 'The client may not act for this account', now())
    return rejectionForRate(allCalls, account) ?? respond(account)
  }

  /** Responds for a contract of the account. */
  function ofContract(
    call: Call,
    account: Account,
    respond: (contract: Contract) => EmulatedResponse,
  ): EmulatedResponse {
    const contractId = call.query.get('contractId')
    if (!contractId) return reject(call, 400, 'bad-request', 'Bad request', 'contractId is missing.')
    const contract = account.contracts.find(({ id }) => id === contractId)
    return contract ? respond(contract) : reject(call, 403, 'forbidden', 'Forbidden', `No access to ${contractId}.`)
  }

  function deployment(call: Call, enrollmentId: string, network: 'production' | 'staging'): EmulatedResponse {
    return within(call, ({ contracts }) => {
      const rejection = rejectUnlessAccepts(call, mediaTypes.deployment)
      if (rejection) return rejection
      const all = contracts.flatMap(({ enrollments }) => enrollments)
      const enrollment = all.find(({ id }) => String(id) === enrollmentId)
      return enrollment
        ? respondDeployment(enrollment, network)
        : reject(call, 404, 'not-found', 'Not found', `No enrollment ${enrollmentId}.`)
    })
  }

  return createRouter({
    'GET /contract-api/v1/contracts/identifiers': ({ call }) =>
      within(call, ({ contracts }) => {
        const depth = call.query.get('depth') ?? 'TOP'
        if (depth !== 'TOP' && depth !== 'ALL') return rejectContracts(400, 'depth has to be TOP or ALL.')
        const listed = contracts.filter(({ parent }) => depth === 'ALL' || parent === null)
        return { status: 200, body: listed.map(({ id }) => id) }
      }),

    'GET /cps/v2/active-certificates': ({ call }) =>
      within(
        call,
        (account) =>
          rejectionForRate(activeCertificates, account) ??
          rejectUnlessAccepts(call, mediaTypes.activeCertificates) ??
          ofContract(call, account, respondActiveCertificates),
      ),

    'GET /cps/v2/enrollments': ({ call }) =>
      within(
        call,
        (account) => rejectUnlessAccepts(call, mediaTypes.enrollments) ?? ofContract(call, account, respondEnrollments),
      ),

    'GET /cps/v2/enrollments/:enrollmentId/deployments/production': ({ call, params: { enrollmentId } }) =>
      deployment(call, enrollmentId, 'production'),

    'GET /cps/v2/enrollments/:enrollmentId/deployments/staging': ({ call, params: { enrollmentId } }) =>
      deployment(call, enrollmentId, 'staging'),

    'GET /identity-management/v3/api-clients/self/account-switch-keys': ({ call }) =>
      within(call, (account) => respondSwitchKeys(account, call.query.get('search'))),
  })
}

/** The accounts that a client may act for. A search matches part of the name, or of the id at the start of the key. */
function respondSwitchKeys({ switchKeys }: Account, search: string | null): EmulatedResponse {
  if (search !== null && search.length < 3) {
    return rejectIdentity(400, 'Bad request', 'search has to have at least 3 characters.')
  }
  const wanted = (search ?? '').toLowerCase()
  const body = switchKeys.filter(({ accountName, accountSwitchKey }) =>
    [accountName, accountSwitchKey].some((text) => text.toLowerCase().includes(wanted)),
  )
  return { status: 200, body }
}
