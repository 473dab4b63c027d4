import { randomUUID } from 'node:crypto'
import { createCaller, type Upstream } from '../../upstream/call.ts'
import { checkId, upstreamUrl } from '../../upstream/url.ts'
import type { AkamaiAccountConfig } from './config.ts'
import { signEdgeGrid } from './edgegrid.ts'
import { parseActiveCertificates, parseContractIdentifiers, parseError } from './wire.ts'

/** Akamai's Certificate Provisioning System and Contract API, as one account's API client sees them. Reads only. */
export interface AkamaiClient {
  /** Every enrollment of a contract with what is deployed; ten calls a minute for the whole account. */
  listActiveCertificates(contractId: string, signal: AbortSignal): Promise<readonly unknown[]>
  /** Every contract the client may see, those below another contract included. */
  listContractIdentifiers(signal: AbortSignal): Promise<readonly unknown[]>
}

/** A version must be named exactly, or the call maps to no resource. */
const activeCertificatesV2 = 'application/vnd.akamai.cps.active-certificates.v2+json'

export function createAkamaiClient(config: AkamaiAccountConfig, upstream: Upstream): AkamaiClient {
  const { baseUrl, credentials } = config
  const accountSwitchKey = config.accountSwitchKey ?? undefined
  const call = createCaller(
    {
      provider: 'AKAMAI',
      brand: 'Akamai',
      authorize: (request) => ({
        authorization: signEdgeGrid(credentials, request, { now: upstream.clock.now(), nonce: randomUUID() }),
      }),
      secrets: () => [credentials.clientSecret, credentials.clientToken, credentials.accessToken],
      parseJson: JSON.parse,
      parseError,
    },
    upstream,
  )

  return {
    listActiveCertificates: (contractId, signal) =>
      call({
        what: `the active certificates of ${contractId}`,
        url: upstreamUrl(
          baseUrl,
          '/cps/v2/active-certificates',
          {},
          { contractId: checkId(contractId, 'contractId'), accountSwitchKey },
        ),
        headers: { accept: activeCertificatesV2 },
        signal,
        parse: parseActiveCertificates,
      }),
    listContractIdentifiers: (signal) =>
      call({
        what: `the contracts of ${config.id}`,
        url: upstreamUrl(baseUrl, '/contract-api/v1/contracts/identifiers', {}, { depth: 'ALL', accountSwitchKey }),
        signal,
        parse: parseContractIdentifiers,
      }),
  }
}
