import type { Answer, Call, Handler } from '../../sandbox/call.ts'
import { startEmulator } from '../../sandbox/emulator.ts'
import { createRouter } from '../../sandbox/router.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { createSlidingLog } from '../../sandbox/sliding-log.ts'
import { ACTIVE_CERTIFICATES, answerActiveCertificates } from './sandbox/body.ts'
import { createEdgeGridVerifier } from './sandbox/edgegrid.ts'
import { refuse, refuseAtGateway, refuseContracts, refuseForRate } from './sandbox/problem.ts'
import { type AkamaiScale, createScaledAccounts } from './sandbox/scaled.ts'
import { createAccountOfTwoContracts } from './sandbox/seed.ts'
import type { Account, AkamaiSandboxState } from './sandbox/state.ts'

export interface AkamaiSandboxConfig {
  readonly accounts: readonly {
    readonly id: string
    readonly name: string
    readonly credentials: { host: string; clientToken: string; clientSecret: string; accessToken: string }
    readonly baseUrl: string
  }[]
}

/** Akamai's gateway with two of the interfaces behind it: active certificates (CPS) and the contracts of an account. */
export async function startAkamaiSandbox({
  now,
  limits = true,
  scale,
}: SandboxOptions<AkamaiScale>): Promise<Sandbox<AkamaiSandboxConfig, AkamaiSandboxState>> {
  const accounts = scale ? createScaledAccounts(now(), scale) : [await createAccountOfTwoContracts(now())]
  const state: AkamaiSandboxState = { accounts }
  const emulator = await startEmulator(createRoutes(state, now, limits))
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

  return createRouter({
    'GET /contract-api/v1/contracts/identifiers': ({ call }) =>
      within(call, ({ contracts }) => {
        const depth = call.query.get('depth') ?? 'TOP'
        if (depth !== 'TOP' && depth !== 'ALL') return refuseContracts(400, 'The depth is neither TOP nor ALL.')
        const listed = contracts.filter(({ parent }) => depth === 'ALL' || parent === null)
        return { status: 200, body: listed.map(({ id }) => id) }
      }),

    'GET /cps/v2/active-certificates': ({ call }) =>
      within(call, (account) => {
        const refusal = refusalForRate(activeCertificates, account)
        if (refusal) return refusal
        if (call.headers.accept !== ACTIVE_CERTIFICATES) {
          return refuse(call, 406, 'not-acceptable', 'Not acceptable', `Accept has to be ${ACTIVE_CERTIFICATES}.`)
        }
        const contractId = call.query.get('contractId')
        if (!contractId) return refuse(call, 400, 'bad-request', 'Bad request', 'The contractId is missing.')
        const contract = account.contracts.find(({ id }) => id === contractId)
        return contract
          ? answerActiveCertificates(contract)
          : refuse(call, 403, 'forbidden', 'Forbidden', `No access to contract ${contractId}.`)
      }),
  })
}
