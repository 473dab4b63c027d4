import type { Budget } from '../../upstream/budget.ts'
import { createCaller } from '../../upstream/call.ts'
import type { Errand } from '../../upstream/errand.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { Line } from '../../upstream/line.ts'
import type { Identity } from '../../upstream/replicas.ts'
import { type Rows, wholeList } from '../../upstream/rows.ts'
import type { Sweep } from '../../upstream/sweep.ts'
import type { Upstream } from '../../upstream/upstream.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { LivePersonAccountConfig } from './config.ts'
import { anonymous, type DomainLookup } from './domain.ts'
import { createTokenSource } from './token.ts'
import { parseCertificates } from './wire.ts'

/** LivePerson's mTLS gateway for one account (https://developers.liveperson.com/mtls-overview.html). Reads only. */
export interface LivePersonClient {
  /** What sees what this client sees. */
  readonly identity: Identity
  readonly line: Line
  /** The accounts that are read with its budget: all of them. */
  readonly sweep: Sweep
  /** Every certificate of the account, softly deleted ones included. */
  listCertificates(errand: Errand): Promise<Rows>
}

/** What all accounts share. */
interface Shared {
  readonly domainApiUrl: string
  readonly lookup: DomainLookup
  readonly budget: Budget
  readonly sweep: Sweep
  readonly upstream: Upstream
}

export function createLivePersonClient(
  config: LivePersonAccountConfig,
  { domainApiUrl, lookup, budget, sweep, upstream }: Shared,
): LivePersonClient {
  const line = new Line(upstream, anonymous, budget)
  const tokens = createTokenSource(config, { lookup, line, upstream })
  const call = createCaller({ ...anonymous, secrets: tokens.secrets }, line, upstream)

  function list(base: string, token: string, errand: Errand): Promise<Rows> {
    return call({
      resource: 'certificates',
      what: `the certificates of ${config.id}`,
      url: upstreamUrl(base, '/mtls/account/{accountId}/certificates', { accountId: config.id }),
      headers: { authorization: `Bearer ${token}` },
      errand,
      parse: (body) => wholeList(parseCertificates(body)),
    })
  }

  return {
    identity: identityOf(config, domainApiUrl),
    line,
    sweep,
    async listCertificates(errand) {
      const token = await tokens.token(errand)
      // A lookup that is refused says nothing of the token.
      const base = config.baseUrl ?? (await lookup(config.id, 'mtlsGateway', errand))
      try {
        return await list(base, token, errand)
      } catch (error) {
        const refused = error instanceof UpstreamError && error.code === 'UPSTREAM_UNAUTHENTICATED'
        if (!refused || !tokens.refuse(token)) throw error
        return list(base, await tokens.token(errand), errand)
      }
    },
  }
}

function identityOf({ id, baseUrl, auth }: LivePersonAccountConfig, domainApiUrl: string): Identity {
  return ['LIVEPERSON', baseUrl ?? domainApiUrl, id, 'token' in auth ? auth.token : auth.clientId]
}
