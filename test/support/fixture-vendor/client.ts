import { readPages } from '../../../src/providers/pages.ts'
import type { PlaceClient } from '../../../src/providers/place-loader.ts'
import type { Rows } from '../../../src/upstream/cache/reading.ts'
import { RefreshSchedule } from '../../../src/upstream/cache/refresh-schedule.ts'
import { createSendCall } from '../../../src/upstream/call/call.ts'
import type { CallContext } from '../../../src/upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import type { VendorApi } from '../../../src/upstream/call/vendor-api.ts'
import type { UpstreamDependencies } from '../../../src/upstream/dependencies.ts'
import { upstreamUrl } from '../../../src/upstream/url.ts'
import type { ExampleAccountConfig } from './config.ts'
import type { ExampleResource } from './limits.ts'
import { parseError, parsePage } from './wire.ts'

/** The registry's API, as one account sees it. */
export interface ExampleClient extends PlaceClient {
  readonly pipeline: ResiliencePipeline<ExampleResource>
  listCertificates(context: CallContext): Promise<Rows>
}

export function createExampleClient(
  { id, token, baseUrl }: ExampleAccountConfig,
  upstream: UpstreamDependencies,
): ExampleClient {
  const api: VendorApi = {
    provider: 'EXAMPLE',
    brand: 'Example Registry',
    account: id,
    authorize: () => ({ authorization: `Bearer ${token}` }),
    secrets: () => [token],
    parseJson: JSON.parse,
    parseError,
  }
  const identity = { parts: ['EXAMPLE', baseUrl, id, token], secret: token }
  const pipeline = new ResiliencePipeline(upstream, api, createRateLimiter<ExampleResource>(upstream, identity))
  const call = createSendCall(api, pipeline, upstream)
  const what = `the certificates of ${id}`
  const path = '/v1/accounts/{accountId}/certificates'
  return {
    identity,
    origin: baseUrl,
    pipeline,
    schedule: new RefreshSchedule(upstream, pipeline.rateLimiter, 'certificates'),
    listCertificates: (context) =>
      readPages((pageToken, checked) => {
        const url = upstreamUrl(baseUrl, path, { accountId: id }, { pageToken })
        return call({ resource: 'certificates', what, url, context, parse: (body) => checked(parsePage(body)) })
      }),
  }
}
