import { randomUUID } from 'node:crypto'
import { completeRows, type Rows } from '../../upstream/cache/reading.ts'
import { RefreshSchedule } from '../../upstream/cache/refresh-schedule.ts'
import { createSendCall } from '../../upstream/call/call.ts'
import type { CallContext } from '../../upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../upstream/call/resilience-pipeline.ts'
import type { Identity, VendorApi } from '../../upstream/call/vendor-api.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { checkId, upstreamUrl } from '../../upstream/url.ts'
import type { AkamaiAccountConfig } from './config.ts'
import { signEdgeGrid } from './edgegrid.ts'
import type { AkamaiResource } from './limits.ts'
import type { AkamaiDeployment } from './slots.ts'
import {
  parseAccountSwitchKeys,
  parseContractIdentifiers,
  parseEnrollments,
  parseError,
  type WireAccountSwitchKey,
} from './wire.ts'
import { parseDeployment, type WireDeployment } from './wire-network.ts'

/** The APIs of one account: CPS, contracts and account switch keys. Reads only. */
export interface AkamaiClient {
  readonly identity: Identity
  readonly origin: string
  readonly pipeline: ResiliencePipeline<AkamaiResource>
  /** The contracts that are read under its rate limit. */
  readonly schedule: RefreshSchedule
  /** The account that the client acts for; null for its own. */
  readonly accountSwitchKey: string | null
  /** Lists the enrollments of a contract with their deployed certificates. */
  listActiveCertificates(contractId: string, context: CallContext): Promise<Rows>
  /** Lists the enrollments of a contract as they were requested. */
  listEnrollments(contractId: string, context: CallContext): Promise<Rows>
  /** Gets the deployed certificates of an enrollment on one network, in PEM. */
  getDeployment(
    enrollmentId: string,
    network: AkamaiDeployment['network'],
    context: CallContext,
  ): Promise<WireDeployment>
  /** Lists the contracts of the account, those below another contract included. */
  listContractIdentifiers(context: CallContext): Promise<Rows>
  /** Lists the accounts that the client may act for; with a search, those whose name or id contains it. */
  listAccountSwitchKeys(search: string | undefined, context: CallContext): Promise<readonly WireAccountSwitchKey[]>
}

/** CPS rejects a call that does not name a version of the media type. */
const mediaType = (entity: string) => ({ accept: `application/vnd.akamai.cps.${entity}+json` })

const deploymentPaths = {
  PRODUCTION: '/cps/v2/enrollments/{enrollmentId}/deployments/production',
  STAGING: '/cps/v2/enrollments/{enrollmentId}/deployments/staging',
} satisfies Record<AkamaiDeployment['network'], string>

export function createAkamaiClient(config: AkamaiAccountConfig, upstream: UpstreamDependencies): AkamaiClient {
  const { baseUrl, credentials } = config
  const accountSwitchKey = config.accountSwitchKey ?? undefined
  const account: VendorApi = {
    provider: 'AKAMAI',
    brand: 'Akamai',
    account: config.id,
    authorize: (request) => ({
      authorization: signEdgeGrid(credentials, request, { now: upstream.clock.now(), nonce: randomUUID() }),
    }),
    secrets: () => [credentials.clientSecret, credentials.clientToken, credentials.accessToken],
    parseJson: JSON.parse,
    parseError,
  }
  const identity = identityOf(config)
  const pipeline = new ResiliencePipeline(upstream, account, createRateLimiter<AkamaiResource>(upstream, identity))
  const call = createSendCall(account, pipeline, upstream)

  return {
    identity,
    origin: originOf(baseUrl),
    pipeline,
    accountSwitchKey: config.accountSwitchKey,
    schedule: new RefreshSchedule(upstream, pipeline.rateLimiter, 'active certificates'),
    listActiveCertificates: (contractId, context) =>
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
        context,
        parse: (body) => completeRows(parseEnrollments(body)),
      }),
    listEnrollments: (contractId, context) =>
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
        context,
        parse: (body) => completeRows(parseEnrollments(body)),
      }),
    getDeployment: (enrollmentId, network, context) =>
      call({
        resource: 'deployments',
        what: `the ${network.toLowerCase()} deployment of enrollment ${enrollmentId}`,
        url: upstreamUrl(baseUrl, deploymentPaths[network], { enrollmentId }, { accountSwitchKey }),
        headers: mediaType('deployment.v8'),
        context,
        parse: parseDeployment,
      }),
    listContractIdentifiers: (context) =>
      call({
        resource: 'contracts',
        what: `the contracts of ${config.id}`,
        url: upstreamUrl(baseUrl, '/contract-api/v1/contracts/identifiers', {}, { depth: 'ALL', accountSwitchKey }),
        context,
        parse: (body) => completeRows(parseContractIdentifiers(body)),
      }),
    listAccountSwitchKeys: (search, context) =>
      call({
        resource: 'account switch keys',
        what: `the account switch keys of ${config.id}`,
        url: upstreamUrl(
          baseUrl,
          '/identity-management/v3/api-clients/self/account-switch-keys',
          {},
          { accountSwitchKey },
          { search },
        ),
        context,
        parse: parseAccountSwitchKeys,
      }),
  }
}

/** Akamai gives each API client a host of its own. All of them lead to the same contracts. */
function originOf(baseUrl: string): string {
  return new URL(baseUrl).hostname.endsWith('.akamaiapis.net') ? 'https://akamaiapis.net' : baseUrl
}

function identityOf({ baseUrl, credentials, accountSwitchKey }: AkamaiAccountConfig): Identity {
  const { clientToken, clientSecret, accessToken } = credentials
  return { parts: ['AKAMAI', baseUrl, clientToken, accessToken, accountSwitchKey ?? ''], secret: clientSecret }
}
