import type { Answer, Call, Handler } from '../../sandbox/call.ts'
import { startEmulator } from '../../sandbox/emulator.ts'
import { createRouter } from '../../sandbox/router.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { createSlidingLog } from '../../sandbox/sliding-log.ts'
import { mediaTypes, refuseUnlessAccepts } from './sandbox/accept.ts'
import { answerActiveCertificates } from './sandbox/active-certificates.ts'
import { answerDeployment } from './sandbox/deployment.ts'
import { createEdgeGridVerifier } from './sandbox/edgegrid.ts'
import { answerEnrollments } from './sandbox/enrollments.ts'
import { refuse, refuseAtGateway, refuseContracts, refuseForRate } from './sandbox/problem.ts'
import { type AkamaiScale, createScaledAccounts } from './sandbox/scaled.ts'
import { createAccountOfTwoContracts } from './sandbox/seed.ts'
import type { Account, AkamaiSandboxState, Contract } from './sandbox/state.ts'
import { answerSwitchKeys } from './sandbox/switch-keys.ts'

export interface AkamaiSandboxConfig {
  readonly accounts: readonly {
    readonly id: string
    readonly name: string
    readonly credentials: { host: string; clientToken: string; clientSecret: string; accessToken: string }
    readonly baseUrl: string
  }[]
}

/** Akamai's gateway with three of the interfaces behind it: certificates (CPS), contracts, and account switch keys. */
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
  // Both belong to the account, whoever calls for it. techdocs.akamai.com/cps/reference/rate-limiting
  const allCalls = createSlidingLog({ limit: 20, window: 2_000, now })
  const activeCertificates = createSlidingLog({ limit: 10, window: 60_000, now })
  const refusalForRate = (log: typeof allCalls, account: Account) => {
    const wait = limits ? log.take(account) : 0
    return wait > 0 ? refuseForRate(wait) : undefined
  }

  /** What the gateway lets through: signed by a known client, for an account that it may act for, within its rate. */
  function within(call: Call, answer: (account: Account) => Answer): Answer {
    const verdict = verify(call)
    if ('refused' in verdict) {
      return verdict.refused === 'malformed'
        ? refuseAtGateway(call, 400, 'Bad request', 'The Authorization header is missing or malformed', now())
        : refuseAtGateway(call, 401, 'Not authorized', `The request was refused: ${verdict.refused}`, now())
    }
    const account = state.accounts.find(
      ({ clientToken, accountSwitchKey }) =>
        clientToken === verdict.clientToken && accountSwitchKey === call.query.get('accountSwitchKey'),
    )
    if (!account) return refuseAtGateway(call, 403, 'Forbidden', 'The client may not act for this account', now())
    return refusalForRate(allCalls, account) ?? answer(account)
  }

  /** What there is below a contract of the account. */
  function ofContract(call: Call, account: Account, answer: (contract: Contract) => Answer): Answer {
    const contractId = call.query.get('contractId')
    if (!contractId) return refuse(call, 400, 'bad-request', 'Bad request', 'The contractId is missing.')
    const contract = account.contracts.find(({ id }) => id === contractId)
    return contract ? answer(contract) : refuse(call, 403, 'forbidden', 'Forbidden', `No access to ${contractId}.`)
  }

  function deployment(call: Call, enrollmentId: string, network: 'production' | 'staging'): Answer {
    return within(call, ({ contracts }) => {
      const refusal = refuseUnlessAccepts(call, mediaTypes.deployment)
      if (refusal) return refusal
      const all = contracts.flatMap(({ enrollments }) => enrollments)
      const enrollment = all.find(({ id }) => String(id) === enrollmentId)
      return enrollment
        ? answerDeployment(enrollment, network)
        : refuse(call, 404, 'not-found', 'Not found', `No enrollment ${enrollmentId}.`)
    })
  }

  return createRouter({
    'GET /contract-api/v1/contracts/identifiers': ({ call }) =>
      within(call, ({ contracts }) => {
        const depth = call.query.get('depth') ?? 'TOP'
        if (depth !== 'TOP' && depth !== 'ALL') return refuseContracts(400, 'The depth is neither TOP nor ALL.')
        const listed = contracts.filter(({ parent }) => depth === 'ALL' || parent === null)
        return { status: 200, body: listed.map(({ id }) => id) }
      }),

    'GET /cps/v2/active-certificates': ({ call }) =>
      within(
        call,
        (account) =>
          refusalForRate(activeCertificates, account) ??
          refuseUnlessAccepts(call, mediaTypes.activeCertificates) ??
          ofContract(call, account, answerActiveCertificates),
      ),

    'GET /cps/v2/enrollments': ({ call }) =>
      within(
        call,
        (account) => refuseUnlessAccepts(call, mediaTypes.enrollments) ?? ofContract(call, account, answerEnrollments),
      ),

    'GET /cps/v2/enrollments/:enrollmentId/deployments/production': ({ call, params: { enrollmentId } }) =>
      deployment(call, enrollmentId, 'production'),

    'GET /cps/v2/enrollments/:enrollmentId/deployments/staging': ({ call, params: { enrollmentId } }) =>
      deployment(call, enrollmentId, 'staging'),

    'GET /identity-management/v3/api-clients/self/account-switch-keys': ({ call }) =>
      within(call, (account) => answerSwitchKeys(account, call.query.get('search'))),
  })
}
