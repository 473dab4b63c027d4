import { isLoopback } from '../../config/loopback.ts'
import type { Account } from '../../upstream/account.ts'
import { createCaller, type Upstream } from '../../upstream/call.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { Readings } from '../../upstream/readings.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import { parseBaseUri, parseError, parseJson } from './wire.ts'

/** The services whose hosts are looked up: where certificates are listed, and where tokens are made. */
type LivePersonService = 'mtlsGateway' | 'sentinel'

/** Looks up where an account's service lives (https://developers.liveperson.com/domain-api.html). */
export type DomainLookup = (accountId: string, service: LivePersonService) => Promise<string>

/** Calls that need no proof of who calls. */
export const anonymous: Account = {
  provider: 'LIVEPERSON',
  brand: 'LivePerson',
  authorize: () => ({}),
  secrets: () => [],
  parseJson,
  parseError,
}

/** Looked-up hosts serve for `discoveryTtl`: the vendor asks that they not be written down anywhere. */
export function createDomainLookup(domainApiUrl: string, upstream: Upstream): DomainLookup {
  const { clock, settings } = upstream
  const hosts = new Readings<{ url: string }>(clock, { ttl: settings.discoveryTtl, timeout: settings.readingTimeout })
  const call = createCaller(anonymous, upstream)

  return async (accountId, service) => {
    const reading = await hosts.read(`${accountId} ${service}`, async (signal) => {
      const baseUri = await call({
        what: `the domain of ${service} of ${accountId}`,
        url: upstreamUrl(
          domainApiUrl,
          '/api/account/{accountId}/service/{service}/baseURI.json',
          { accountId, service },
          { version: '1.0' },
        ),
        signal,
        parse: (body) => parseBaseUri(body, service),
      })
      return { url: toServiceUrl(baseUri, domainApiUrl) }
    })
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
