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
import type { AkamaiDeployment } from './slots.ts'
import { parseActiveCertificates, parseContractIdentifiers, parseError } from './wire.ts'
import { parseDeployment, type WireDeployment } from './wire-deployment.ts'
import { parseEnrollments } from './wire-enrollments.ts'
import { parseAccountSwitchKeys, type WireAccountSwitchKey } from './wire-switch-keys.ts'

/** Akamai's CPS, Contract API and account switch keys, as one account's API client sees them. Reads only. */
export interface AkamaiClient {
  /** What sees what this client sees. */
  readonly identity: Identity
  readonly line: Line
  /** The contracts that are read with its budget. */
  readonly sweep: Sweep
  /** Every enrollment of a contract with what is deployed; ten calls a minute for the whole account. */
  listActiveCertificates(contractId: string, errand: Errand): Promise<Rows>
  /** Every enrollment of a contract as it was asked for, with its contacts. */
  listEnrollments(contractId: string, errand: Errand): Promise<Rows>
  /** What one network holds of an enrollment, in PEM. */
  getDeployment(enrollmentId: string, network: AkamaiDeployment['network'], errand: Errand): Promise<WireDeployment>
  /** Every contract the client may see, those below another contract included. */
  listContractIdentifiers(errand: Errand): Promise<Rows>
  /** The accounts it may act for, or those of them whose name or id has the text in it. */
  listAccountSwitchKeys(search: string | undefined, errand: Errand): Promise<readonly WireAccountSwitchKey[]>
}

/** A version must be named exactly, or the call maps to no resource. */
const mediaType = (entity: string) => ({ accept: `application/vnd.akamai.cps.${entity}+json` })

const deploymentPaths = {
  PRODUCTION: '/cps/v2/enrollments/{enrollmentId}/deployments/production',
  STAGING: '/cps/v2/enrollments/{enrollmentId}/deployments/staging',
} satisfies Record<AkamaiDeployment['network'], string>

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
        headers: mediaType('active-certificates.v2'),
        errand,
        parse: (body) => wholeList(parseActiveCertificates(body)),
      }),
    listEnrollments: (contractId, errand) =>
      call({
        resource: 'enrollments',
        what: `the enrollments of ${contractId}`,
        url: upstreamUrl(
          baseUrl,
          '/cps/v2/enrollments',
          {},
          { contractId: checkId(contractId, 'contractId'), accountSwitchKey },
        ),
        headers: mediaType('enrollments.v11'),
        errand,
        parse: (body) => wholeList(parseEnrollments(body)),
      }),
    getDeployment: (enrollmentId, network, errand) =>
      call({
        resource: 'deployments',
        what: `the ${network.toLowerCase()} deployment of enrollment ${enrollmentId}`,
        url: upstreamUrl(baseUrl, deploymentPaths[network], { enrollmentId }, { accountSwitchKey }),
        headers: mediaType('deployment.v8'),
        errand,
        parse: parseDeployment,
      }),
    listContractIdentifiers: (errand) =>
      call({
        resource: 'contracts',
        what: `the contracts of ${config.id}`,
        url: upstreamUrl(baseUrl, '/contract-api/v1/contracts/identifiers', {}, { depth: 'ALL', accountSwitchKey }),
        errand,
        parse: (body) => wholeList(parseContractIdentifiers(body)),
      }),
    listAccountSwitchKeys: (search, errand) =>
      call({
        resource: 'account switch keys',
        what: `the account switch keys of ${config.id}`,
        url: upstreamUrl(
          baseUrl,
          '/identity-management/v3/api-clients/self/account-switch-keys',
          {},
          { search, accountSwitchKey },
        ),
        errand,
        parse: parseAccountSwitchKeys,
      }),
  }
}

function identityOf({ baseUrl, credentials, accountSwitchKey }: AkamaiAccountConfig): Identity {
  return ['AKAMAI', baseUrl, credentials.clientToken, credentials.accessToken, accountSwitchKey ?? '']
}
