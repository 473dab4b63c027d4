import { createCaller, type Upstream } from '../../upstream/call.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { LivePersonAccountConfig } from './config.ts'
import { anonymous, type DomainLookup } from './domain.ts'
import { createTokenSource } from './token.ts'
import { parseCertificates } from './wire.ts'

/** LivePerson's mTLS gateway for one account (https://developers.liveperson.com/mtls-overview.html). Reads only. */
export interface LivePersonClient {
  /** Every certificate of the account, softly deleted ones included. */
  listCertificates(signal: AbortSignal): Promise<readonly unknown[]>
}

export function createLivePersonClient(
  config: LivePersonAccountConfig,
  lookup: DomainLookup,
  upstream: Upstream,
): LivePersonClient {
  const tokens = createTokenSource(config, lookup, upstream)
  const call = createCaller({ ...anonymous, secrets: tokens.secrets }, upstream)

  function list(base: string, token: string, signal: AbortSignal): Promise<readonly unknown[]> {
    return call({
      what: `the certificates of ${config.id}`,
      url: upstreamUrl(base, '/mtls/account/{accountId}/certificates', { accountId: config.id }),
      headers: { authorization: `Bearer ${token}` },
      signal,
      parse: parseCertificates,
    })
  }

  return {
    async listCertificates(signal) {
      const token = await tokens.token()
      // A lookup that is refused says nothing of the token.
      const base = config.baseUrl ?? (await lookup(config.id, 'mtlsGateway'))
      try {
        return await list(base, token, signal)
      } catch (error) {
        const refused = error instanceof UpstreamError && error.code === 'UPSTREAM_UNAUTHENTICATED'
        if (!refused || !tokens.refuse(token)) throw error
        return list(base, await tokens.token(), signal)
      }
    },
  }
}
