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

/** The services whose hosts are looked up: the gateway for certificates, and the one that issues tokens. */
type LivePersonService = 'mtlsGateway' | 'sentinel'

/** Looks up the base URL of an account's service (https://developers.liveperson.com/domain-api.html). */
export interface DomainLookup {
  (accountId: string, service: LivePersonService, options: CallOptions): Promise<string>
  /** Whether the next lookup makes a call. */
  needsCall(accountId: string, service: LivePersonService): boolean
}

/** The API for calls without credentials. */
export const anonymous: Omit<VendorApi, 'account'> = {
  provider: 'LIVEPERSON',
  brand: 'LivePerson',
  authorize: () => ({}),
  secrets: () => [],
  parseJson,
  parseError,
}

/** Hosts are cached for `discoveryTtl` and not shared with replicas: the vendor asks not to store them. */
export function createDomainLookup(
  domainApiUrl: string,
  rateLimiter: RateLimiter<LivePersonResource>,
  upstream: UpstreamDependencies,
): DomainLookup {
  const hosts = new ReadingCache<{ url: string }>(upstream, () => 1)
  const pipeline = new ResiliencePipeline(upstream, anonymous, rateLimiter)
  const call = createSendCall({ ...anonymous, account: '' }, pipeline, upstream)

  function taskOf(accountId: string, service: LivePersonService): ReadingTask<{ url: string }> {
    return {
      key: `${accountId} ${service}`,
      pipeline,
      ttl: upstream.settings.discoveryTtl,
      shared: null,
      read: (context) =>
        call({
          account: accountId,
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
  }

  const lookup = async (
    accountId: string,
    service: LivePersonService,
    { signal, cause, onQueued, onCall }: CallOptions,
  ): Promise<string> => {
    // The reading that needs the host has the deadline, and reports how long this call has to wait.
    const reading = await hosts.read(taskOf(accountId, service), {
      signal,
      cause,
      onQueued,
      onCall,
      deadline: Number.POSITIVE_INFINITY,
    })
    return reading.value.url
  }
  const signal = new AbortController().signal
  const needsCall: DomainLookup['needsCall'] = (accountId, service) =>
    hosts.known.inspect(taskOf(accountId, service), { signal, deadline: Number.POSITIVE_INFINITY }).begins
  return Object.assign(lookup, { needsCall })
}

/**
 * The URL of a looked-up host. Tokens and secrets are sent there, so the host must be under liveperson.net. A loopback host
 * is accepted only from a Domain API on a loopback host: the emulator.
 * @throws UpstreamError
 */
export function toServiceUrl(baseUri: string, domainApiUrl: string): string {
  if (/^(?:[a-z0-9-]+\.)+liveperson\.net$/i.test(baseUri)) return `https://${baseUri.toLowerCase()}`
  const isHostAndPort = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i.test(baseUri)
  const url = `http://${baseUri}`
  const isHere = isHostAndPort && URL.canParse(url) && isLoopback(new URL(url).hostname)
  if (isHere && isLoopback(new URL(domainApiUrl).hostname)) return url
  const problem = 'LivePerson’s Domain API returned a host that is not under liveperson.net; it was not called'
  throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem, { provider: 'LIVEPERSON' })
}
