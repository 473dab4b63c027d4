import { completeRows, type Rows } from '../../upstream/cache/reading.ts'
import type { RefreshSchedule } from '../../upstream/cache/refresh-schedule.ts'
import { createSendCall } from '../../upstream/call/call.ts'
import type { CallContext } from '../../upstream/call/context.ts'
import { ResiliencePipeline } from '../../upstream/call/resilience-pipeline.ts'
import type { Identity } from '../../upstream/call/vendor-api.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { parseJson } from '../../upstream/exact-json.ts'
import type { RateLimiter } from '../../upstream/rate-limit/rate-limiter.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { LivePersonAccountConfig } from './config.ts'
import { anonymous, type DomainLookup } from './domain.ts'
import type { LivePersonResource } from './limits.ts'
import { createTokenSource } from './token.ts'
import { parseCertificates, parseSingle, type WireCertificate } from './wire.ts'

/** LivePerson's mTLS gateway for one account (https://developers.liveperson.com/mtls-overview.html). Reads only. */
export interface LivePersonClient {
  /** What sees what this client sees. */
  readonly identity: Identity
  readonly pipeline: ResiliencePipeline<LivePersonResource>
  /** The accounts that are read with its budget: all of them. */
  readonly schedule: RefreshSchedule
  /** Every certificate of the account, softly deleted ones included. */
  listCertificates(context: CallContext): Promise<Rows>
  /** One of them, softly deleted or not; null when it is not there, as far as the vendor says so. */
  getCertificate(certificateId: string, context: CallContext): Promise<WireCertificate | null>
}

/** What all accounts share. */
interface Shared {
  readonly domainApiUrl: string
  readonly lookup: DomainLookup
  readonly budget: RateLimiter<LivePersonResource>
  readonly sweep: RefreshSchedule
  readonly upstream: UpstreamDependencies
}

export function createLivePersonClient(
  config: LivePersonAccountConfig,
  { domainApiUrl, lookup, budget, sweep: schedule, upstream }: Shared,
): LivePersonClient {
  const pipeline = new ResiliencePipeline(upstream, anonymous, budget)
  const tokens = createTokenSource(config, { lookup, line: pipeline, upstream })
  const call = createSendCall({ ...anonymous, parseJson: parseBody, secrets: tokens.secrets }, pipeline, upstream)

  /** Asks the gateway with a token; once more with another one when the first is refused. */
  async function ask<Value>(
    context: CallContext,
    send: (base: string, headers: { readonly authorization: string }) => Promise<Value>,
  ): Promise<Value> {
    const token = await tokens.token(context)
    // A lookup that is refused says nothing of the token.
    const base = config.baseUrl ?? (await lookup(config.id, 'mtlsGateway', context))
    const attempt = (bearer: string) => send(base, { authorization: `Bearer ${bearer}` })
    try {
      return await attempt(token)
    } catch (error) {
      const refused = error instanceof UpstreamError && error.code === 'UPSTREAM_UNAUTHENTICATED'
      if (!refused || !tokens.refuse(token)) throw error
      return attempt(await tokens.token(context))
    }
  }

  const resource = 'certificates'
  const path = '/mtls/account/{accountId}/certificates'
  return {
    identity: identityOf(config, domainApiUrl),
    pipeline,
    schedule,
    listCertificates: (context) =>
      ask(context, (base, headers) =>
        call({
          resource,
          what: `the certificates of ${config.id}`,
          url: upstreamUrl(base, path, { accountId: config.id }),
          headers,
          context,
          parse: (body) => completeRows(parseCertificates(body)),
        }),
      ),
    getCertificate: (certificateId, context) =>
      ask(context, (base, headers) =>
        call({
          resource,
          what: `certificate ${certificateId} of ${config.id}`,
          url: upstreamUrl(base, `${path}/{certificateId}`, { accountId: config.id, certificateId }),
          headers,
          context,
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
