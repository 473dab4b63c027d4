import { isLoopback } from '../../config/loopback.ts'
import type { ReadingTask } from '../../upstream/cache/reading.ts'
import { completeRows } from '../../upstream/cache/reading.ts'
import { ReadingCache } from '../../upstream/cache/reading-cache.ts'
import { createSendCall } from '../../upstream/call/call.ts'
import type { CallOptions } from '../../upstream/call/context.ts'
import { ResiliencePipeline } from '../../upstream/call/resilience-pipeline.ts'
import type { VendorApi } from '../../upstream/call/vendor-api.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { parseJson } from '../../upstream/exact-json.ts'
import type { RateLimiter } from '../../upstream/rate-limit/rate-limiter.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { LivePersonResource } from './limits.ts'
import { parseBaseUri, parseError } from './wire.ts'

/** The services whose hosts are looked up: where certificates are listed, and where tokens are made. */
type LivePersonService = 'mtlsGateway' | 'sentinel'

/** Looks up where an account's service lives (https://developers.liveperson.com/domain-api.html). */
export type DomainLookup = (accountId: string, service: LivePersonService, sender: CallOptions) => Promise<string>

/** Calls that need no proof of who calls. */
export const anonymous: VendorApi = {
  provider: 'LIVEPERSON',
  brand: 'LivePerson',
  authorize: () => ({}),
  secrets: () => [],
  parseJson,
  parseError,
}

/** Looked-up hosts serve for `discoveryTtl`: the vendor asks that they not be written down anywhere. */
export function createDomainLookup(
  domainApiUrl: string,
  budget: RateLimiter<LivePersonResource>,
  upstream: UpstreamDependencies,
): DomainLookup {
  const { settings } = upstream
  const hosts = new ReadingCache<{ url: string }>(upstream, () => 1)
  const pipeline = new ResiliencePipeline(upstream, anonymous, budget)
  const call = createSendCall(anonymous, pipeline, upstream)

  return async (accountId, service, { signal, onQueued, onCall }) => {
    const task: ReadingTask<{ url: string }> = {
      key: `${accountId} ${service}`,
      pipeline,
      ttl: settings.discoveryTtl,
      shared: null,
      read: (context) =>
        call({
          what: `the domain of ${service} of ${accountId}`,
          resource: 'domains',
          url: upstreamUrl(
            domainApiUrl,
            '/api/account/{accountId}/service/{service}/baseURI.json',
            { accountId, service },
            { version: '1.0' },
          ),
          context,
          parse: (body) => completeRows([parseBaseUri(body, service)]),
        }),
      toValue: ({ rows }) => ({ url: toServiceUrl(String(rows[0]), domainApiUrl) }),
    }
    // Whose reading it is for waits for its turn too, and tells those who wait for that.
    const reading = await hosts.read(task, { signal, onQueued: onQueued, onCall, deadline: Number.POSITIVE_INFINITY })
    return reading.value.url
  }
}

/**
 * The URL of a looked-up host. It is sent a token or a secret, so only LivePerson's own names are taken; loopback hosts
 * only from a Domain API that is on loopback itself.
 */
export function toServiceUrl(baseUri: string, domainApiUrl: string): string {
  if (/^(?:[a-z0-9-]+\.)+liveperson\.net$/i.test(baseUri)) return `https://${baseUri.toLowerCase()}`
  const isHostAndPort = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i.test(baseUri)
  const url = `http://${baseUri}`
  const isHere = isHostAndPort && URL.canParse(url) && isLoopback(new URL(url).hostname)
  if (isHere && isLoopback(new URL(domainApiUrl).hostname)) return url
  const problem = 'LivePerson’s Domain API named a host that is not under liveperson.net; nothing was sent there'
  throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem, { provider: 'LIVEPERSON' })
}
