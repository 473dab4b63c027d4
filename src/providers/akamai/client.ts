import { randomUUID } from 'node:crypto'
import type { Account } from '../../upstream/account.ts'
import { createCaller } from '../../upstream/call.ts'
import type { Errand } from '../../upstream/errand.ts'
import { createBudget, Line } from '../../upstream/line.ts'
import type { Identity } from '../../upstream/replicas.ts'
import { type Rows, wholeList } from '../../upstream/rows.ts'
import { Sweep } from '../../upstream/sweep.ts'
import type { Upstream } from '../../upstream/upstream.ts'
import { checkId, upstreamUrl } from '../../upstream/url.ts'
import type { AkamaiAccountConfig } from './config.ts'
import { signEdgeGrid } from './edgegrid.ts'
import { parseActiveCertificates, parseContractIdentifiers, parseError } from './wire.ts'

/** Akamai's Certificate Provisioning System and Contract API, as one account's API client sees them. Reads only. */
export interface AkamaiClient {
  /** What sees what this client sees. */
  readonly identity: Identity
  readonly line: Line
  /** The contracts that are read with its budget. */
  readonly sweep: Sweep
  /** Every enrollment of a contract with what is deployed; ten calls a minute for the whole account. */
  listActiveCertificates(contractId: string, errand: Errand): Promise<Rows>
  /** Every contract the client may see, those below another contract included. */
  listContractIdentifiers(errand: Errand): Promise<Rows>
}

/** A version must be named exactly, or the call maps to no resource. */
const activeCertificatesV2 = 'application/vnd.akamai.cps.active-certificates.v2+json'

export function createAkamaiClient(config: AkamaiAccountConfig, upstream: Upstream): AkamaiClient {
  const { baseUrl, credentials } = config
  const accountSwitchKey = config.accountSwitchKey ?? undefined
  const account: Account = {
    provider: 'AKAMAI',
    brand: 'Akamai',
    authorize: (request) => ({
      authorization: signEdgeGrid(credentials, request, { now: upstream.clock.now(), nonce: randomUUID() }),
    }),
    secrets: () => [credentials.clientSecret, credentials.clientToken, credentials.accessToken],
    parseJson: JSON.parse,
    parseError,
  }
  const identity = identityOf(config)
  const line = new Line(upstream, account, createBudget(upstream, identity))
  const call = createCaller(account, line, upstream)

  return {
    identity,
    line,
    sweep: new Sweep(upstream, line.budget, 'active certificates'),
    listActiveCertificates: (contractId, errand) =>
      call({
        resource: 'active certificates',
        what: `the active certificates of ${contractId}`,
        url: upstreamUrl(
          baseUrl,
          '/cps/v2/active-certificates',
          {},
          { contractId: checkId(contractId, 'contractId'), accountSwitchKey },
        ),
        headers: { accept: activeCertificatesV2 },
        errand,
        parse: (body) => wholeList(parseActiveCertificates(body)),
      }),
    listContractIdentifiers: (errand) =>
      call({
        resource: 'contracts',
        what: `the contracts of ${config.id}`,
        url: upstreamUrl(baseUrl, '/contract-api/v1/contracts/identifiers', {}, { depth: 'ALL', accountSwitchKey }),
        errand,
        parse: (body) => wholeList(parseContractIdentifiers(body)),
      }),
  }
}

function identityOf({ baseUrl, credentials, accountSwitchKey }: AkamaiAccountConfig): Identity {
  return ['AKAMAI', baseUrl, credentials.clientToken, credentials.accessToken, accountSwitchKey ?? '']
}
