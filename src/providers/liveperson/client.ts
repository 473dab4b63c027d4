import type { Budget } from '../../upstream/budget.ts'
import { createCaller } from '../../upstream/call.ts'
import type { Errand } from '../../upstream/errand.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { parseJson } from '../../upstream/exact-json.ts'
import { Line } from '../../upstream/line.ts'
import type { Identity } from '../../upstream/replicas.ts'
import { type Rows, wholeList } from '../../upstream/rows.ts'
import type { Sweep } from '../../upstream/sweep.ts'
import type { Upstream } from '../../upstream/upstream.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { LivePersonAccountConfig } from './config.ts'
import { anonymous, type DomainLookup } from './domain.ts'
import { createTokenSource } from './token.ts'
import { parseCertificates, parseSingle, type WireCertificate } from './wire.ts'

/** LivePerson's mTLS gateway for one account (https://developers.liveperson.com/mtls-overview.html). Reads only. */
export interface LivePersonClient {
  /** What sees what this client sees. */
  readonly identity: Identity
  readonly line: Line
  /** The accounts that are read with its budget: all of them. */
  readonly sweep: Sweep
  /** Every certificate of the account, softly deleted ones included. */
  listCertificates(errand: Errand): Promise<Rows>
  /** One of them, softly deleted or not; null when it is not there, as far as the vendor says so. */
  getCertificate(certificateId: string, errand: Errand): Promise<WireCertificate | null>
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
  const call = createCaller({ ...anonymous, parseJson: parseBody, secrets: tokens.secrets }, line, upstream)

  /** Asks the gateway with a token; once more with another one when the first is refused. */
  async function ask<Value>(
    errand: Errand,
    send: (base: string, headers: { readonly authorization: string }) => Promise<Value>,
  ): Promise<Value> {
    const token = await tokens.token(errand)
    // A lookup that is refused says nothing of the token.
    const base = config.baseUrl ?? (await lookup(config.id, 'mtlsGateway', errand))
    const attempt = (bearer: string) => send(base, { authorization: `Bearer ${bearer}` })
    try {
      return await attempt(token)
    } catch (error) {
      const refused = error instanceof UpstreamError && error.code === 'UPSTREAM_UNAUTHENTICATED'
      if (!refused || !tokens.refuse(token)) throw error
      return attempt(await tokens.token(errand))
    }
  }

  const resource = 'certificates'
  const path = '/mtls/account/{accountId}/certificates'
  return {
    identity: identityOf(config, domainApiUrl),
    line,
    sweep,
    listCertificates: (errand) =>
      ask(errand, (base, headers) =>
        call({
          resource,
          what: `the certificates of ${config.id}`,
          url: upstreamUrl(base, path, { accountId: config.id }),
          headers,
          errand,
          parse: (body) => wholeList(parseCertificates(body)),
        }),
      ),
    getCertificate: (certificateId, errand) =>
      ask(errand, (base, headers) =>
        call({
          resource,
          what: `certificate ${certificateId} of ${config.id}`,
          url: upstreamUrl(base, `${path}/{certificateId}`, { accountId: config.id, certificateId }),
          headers,
          errand,
          parse: (body) => parseSingle(body, { id: certificateId, siteId: config.id }),
        }).catch(toNothing),
      ),
  }
}

/** An empty answer is what the gateway may say of something that is not there. */
function parseBody(text: string): unknown {
  return text.trim() === '' ? null : parseJson(text)
}

function toNothing(reason: unknown): null {
  if (reason instanceof UpstreamError && reason.code === 'UPSTREAM_NOT_FOUND') return null
  throw reason
}

function identityOf({ id, baseUrl, auth }: LivePersonAccountConfig, domainApiUrl: string): Identity {
  return ['LIVEPERSON', baseUrl ?? domainApiUrl, id, 'token' in auth ? auth.token : auth.clientId]
}
