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
import type { PlaceClient } from '../place-loader.ts'
import { type LivePersonAccountConfig, secretOf } from './config.ts'
import { anonymous, type DomainLookup } from './domain.ts'
import type { LivePersonResource } from './limits.ts'
import { createTokenSource } from './token.ts'
import { certificateShape, parseCertificates, parseSingle, type WireCertificate } from './wire.ts'

/** LivePerson's mTLS gateway for one account (https://developers.liveperson.com/mtls-overview.html). Reads only. */
export interface LivePersonClient extends PlaceClient {
  readonly pipeline: ResiliencePipeline<LivePersonResource>
  /** Lists all certificates of the account, soft-deleted ones included. */
  listCertificates(context: CallContext): Promise<Rows>
  /** Gets one certificate, soft-deleted or not; null when the vendor says that it does not exist. */
  getCertificate(certificateId: string, context: CallContext): Promise<WireCertificate | null>
}

/** What all accounts share: LivePerson's rate limits apply to the address of the caller. */
interface SharedDependencies {
  readonly domainApiUrl: string
  readonly lookup: DomainLookup
  readonly rateLimiter: RateLimiter<LivePersonResource>
  readonly schedule: RefreshSchedule
  readonly upstream: UpstreamDependencies
}

export function createLivePersonClient(
  config: LivePersonAccountConfig,
  { domainApiUrl, lookup, rateLimiter, schedule, upstream }: SharedDependencies,
): LivePersonClient {
  const pipeline = new ResiliencePipeline(upstream, { ...anonymous, account: config.id }, rateLimiter)
  const tokens = createTokenSource(config, { lookup, pipeline, upstream })
  const call = createSendCall(
    { ...anonymous, account: config.id, parseJson: parseBody, secrets: tokens.secrets },
    pipeline,
    upstream,
  )

  /** Calls the gateway with a token, and once more with a new token when the first one is rejected. */
  async function withToken<Value>(
    context: CallContext,
    send: (base: string, headers: { readonly authorization: string }) => Promise<Value>,
  ): Promise<Value> {
    const token = await tokens.token(context)
    // Outside of `try`: a rejected lookup does not mean that the token is invalid.
    const base = config.baseUrl ?? (await lookup(config.id, 'mtlsGateway', context))
    const attempt = (bearer: string) => send(base, { authorization: `Bearer ${bearer}` })
    try {
      return await attempt(token)
    } catch (error) {
      const isRejected = error instanceof UpstreamError && error.code === 'UPSTREAM_UNAUTHENTICATED'
      if (!isRejected || !tokens.discard(token)) throw error
      return attempt(await tokens.token(context))
    }
  }

  const resource = 'certificates'
  const path = '/mtls/account/{accountId}/certificates'
  return {
    identity: identityOf(config, domainApiUrl),
    origin: config.baseUrl ?? domainApiUrl,
    pipeline,
    schedule,
    preparations() {
      const needsLookup = config.baseUrl === null && lookup.needsCall(config.id, 'mtlsGateway')
      return [...tokens.preparations(), ...(needsLookup ? ['domains'] : [])]
    },
    listCertificates: (context) =>
      withToken(context, (base, headers) =>
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
      withToken(context, (base, headers) =>
        call({
          resource,
          what: `certificate ${certificateId} of ${config.id}`,
          url: upstreamUrl(base, `${path}/{certificateId}`, { accountId: config.id, certificateId }),
          headers,
          context,
          parse: (body) => parseSingle(body, { id: certificateId, siteId: config.id }),
        }).catch(toNull),
      ),
  }
}

/** The members of a certificate whose values are used: an integer among them is read exactly. */
const usedFields: ReadonlySet<string> = new Set([...certificateShape.fields, 'siteId'])

/** The gateway may answer an unknown id with an empty body. */
function parseBody(text: string): unknown {
  return text.trim() === '' ? null : parseJson(text, usedFields)
}

function toNull(reason: unknown): null {
  if (reason instanceof UpstreamError && reason.code === 'UPSTREAM_NOT_FOUND') return null
  throw reason
}

function identityOf({ id, baseUrl, auth }: LivePersonAccountConfig, domainApiUrl: string): Identity {
  const client = 'token' in auth ? auth.token : auth.clientId
  return { parts: ['LIVEPERSON', baseUrl ?? domainApiUrl, id, client], secret: secretOf(auth) }
}
