import { LRUCache } from 'lru-cache'
import type { ChangeLog } from '../../upstream/cache/change-log.ts'
import type { Rows } from '../../upstream/cache/reading.ts'
import { RefreshSchedule } from '../../upstream/cache/refresh-schedule.ts'
import { createSendCall } from '../../upstream/call/call.ts'
import type { CallContext } from '../../upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../upstream/call/resilience-pipeline.ts'
import type { Identity, VendorApi } from '../../upstream/call/vendor-api.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import type { IdempotencyStore } from '../../upstream/idempotency-store.ts'
import type { UpstreamSettings } from '../../upstream/settings.ts'
import type { SharedLease } from '../../upstream/shared-lease.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import { type RowPage, readPages } from '../pages.ts'
import { idKey, type X509Key } from '../x509-store.ts'
import type { OpenAIOrganizationConfig } from './config.ts'
import type { OpenAIResource } from './limits.ts'
import { parseContent, parseError, parsePage, type WirePage } from './wire.ts'
import { createOpenAIWriter, type OpenAIWriter } from './writer.ts'

/** The admin API of one organization (https://platform.openai.com/docs/api-reference/certificates). */
export interface OpenAIClient {
  readonly identity: Identity
  readonly origin: string
  readonly pipeline: ResiliencePipeline<OpenAIResource>
  /** The lists of the organization and its projects. */
  readonly schedule: RefreshSchedule
  readonly writer: OpenAIWriter
  /** The ids of recent uploads of this process. */
  readonly uploads: LRUCache<string, true>
  /** Held by a change whose guard another one would make invalid, for all processes that change the organization. */
  readonly guard: SharedLease
  /** The changes to the organization by all replicas. */
  readonly changes: ChangeLog
  readonly requests: IdempotencyStore
  /** The key of what a certificate of this organization contains. A credential that was replaced has the same ones. */
  x509Key(certificateId: string): X509Key
  listOrganizationCertificates(context: CallContext): Promise<Rows>
  listProjectCertificates(projectId: string, context: CallContext): Promise<Rows>
  listProjects(context: CallContext): Promise<Rows>
  /** Gets the PEM of a certificate, which lists do not have. */
  getCertificateContent(certificateId: string, context: CallContext): Promise<string>
}

const pageSize = '100'
/** More certificates than an organization can have. */
const mostUploads = 1_000

export function createOpenAIClient(config: OpenAIOrganizationConfig, upstream: UpstreamDependencies): OpenAIClient {
  const api: VendorApi = {
    provider: 'OPENAI',
    brand: 'OpenAI',
    account: config.id,
    authorize: () => ({ authorization: `Bearer ${config.adminKey}` }),
    secrets: () => [config.adminKey],
    parseJson: JSON.parse,
    parseError,
  }
  const identity = identityOf(config)
  const pipeline = new ResiliencePipeline(upstream, api, createRateLimiter<OpenAIResource>(upstream, identity))
  const call = createSendCall(api, pipeline, upstream)

  function listAll(
    resource: OpenAIResource,
    holder: string,
    path: string,
    ids: Readonly<Record<string, string>>,
    context: CallContext,
  ): Promise<Rows> {
    const what = `the ${resource} of ${holder}`
    return readPages((after, checked) => {
      const url = upstreamUrl(config.baseUrl, path, ids, { limit: pageSize, after })
      return call({ what, resource, url, context, parse: (body) => checked(toRowPage(parsePage(body))) })
    })
  }

  return {
    identity,
    origin: config.baseUrl,
    pipeline,
    schedule: new RefreshSchedule(upstream, pipeline.rateLimiter, 'certificates'),
    writer: createOpenAIWriter(config.baseUrl, call),
    uploads: new LRUCache({ max: mostUploads }),
    guard: upstream.replicas.lease(JSON.stringify(['guard', 'OPENAI', config.baseUrl, config.id])),
    changes: upstream.replicas.changes(identity, longestService(upstream.settings)),
    requests: upstream.replicas.requests(identity),
    x509Key: (certificateId) => idKey('OPENAI', config.baseUrl, config.id, certificateId),
    listOrganizationCertificates: (context) =>
      listAll('certificates', config.id, '/organization/certificates', {}, context),
    listProjectCertificates: (projectId, context) =>
      listAll('certificates', projectId, '/organization/projects/{projectId}/certificates', { projectId }, context),
    listProjects: (context) => listAll('projects', config.id, '/organization/projects', {}, context),
    getCertificateContent: (certificateId, context) =>
      call({
        resource: 'contents',
        what: `the content of ${certificateId}`,
        url: upstreamUrl(
          config.baseUrl,
          '/organization/certificates/{certificateId}',
          { certificateId },
          { 'include[]': 'content' },
        ),
        context,
        parse: parseContent,
      }),
  }
}

/** The last page has no more rows, no rows at all, or no cursor. */
function toRowPage({ data, has_more, last_id }: WirePage): RowPage {
  const next = has_more && data.length > 0 ? last_id : null
  return { rows: data, next, isCut: has_more && next === null }
}

/** The maximum time in milliseconds that a reading takes and is used. */
function longestService({ readingTimeout, ttl, staleWhileRevalidate, staleIfError }: UpstreamSettings): number {
  return readingTimeout + ttl + Math.max(staleWhileRevalidate, staleIfError)
}

function identityOf({ id, baseUrl, adminKey }: OpenAIOrganizationConfig): Identity {
  return { parts: ['OPENAI', baseUrl, id, adminKey], secret: adminKey }
}
