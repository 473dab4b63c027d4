import { LRUCache } from 'lru-cache'
import type { ChangeLog } from '../../upstream/cache/change-log.ts'
import type { Rows } from '../../upstream/cache/reading.ts'
import { RefreshSchedule } from '../../upstream/cache/refresh-schedule.ts'
import { createSendCall } from '../../upstream/call/call.ts'
import type { CallContext } from '../../upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../upstream/call/resilience-pipeline.ts'
import type { Identity, VendorApi } from '../../upstream/call/vendor-api.ts'
import { Mutex } from '../../upstream/concurrency.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { UpstreamError } from '../../upstream/error.ts'
import type { UpstreamSettings } from '../../upstream/settings.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { OpenAIOrganizationConfig } from './config.ts'
import type { OpenAIResource } from './limits.ts'
import { parseContent, parseError, parsePage } from './wire.ts'
import { createOpenAIWriter, type OpenAIWriter } from './writer.ts'

/** The admin API of one organization (https://platform.openai.com/docs/api-reference/certificates). */
export interface OpenAIClient {
  /** What sees what this client sees. */
  readonly identity: Identity
  readonly pipeline: ResiliencePipeline<OpenAIResource>
  /** The lists of certificates, the organization's and its projects'. */
  readonly schedule: RefreshSchedule
  readonly writer: OpenAIWriter
  /** The ids of what this process has uploaded lately. */
  readonly uploads: LRUCache<string, true>
  /** Those of this process that must not go side by side. */
  readonly deactivations: Mutex
  /** What is written to the organization, by any replica. */
  readonly changes: ChangeLog
  listOrganizationCertificates(context: CallContext): Promise<Rows>
  listProjectCertificates(projectId: string, context: CallContext): Promise<Rows>
  listProjects(context: CallContext): Promise<Rows>
  /** The PEM of a certificate: lists never carry it. */
  getCertificateContent(certificateId: string, context: CallContext): Promise<string>
}

const pageSize = '100'
/** More than an organization may have. */
const mostUploads = 1_000

export function createOpenAIClient(config: OpenAIOrganizationConfig, upstream: UpstreamDependencies): OpenAIClient {
  const account: VendorApi = {
    provider: 'OPENAI',
    brand: 'OpenAI',
    authorize: () => ({ authorization: `Bearer ${config.adminKey}` }),
    secrets: () => [config.adminKey],
    parseJson: JSON.parse,
    parseError,
  }
  const identity = identityOf(config)
  const pipeline = new ResiliencePipeline(upstream, account, createRateLimiter<OpenAIResource>(upstream, identity))
  const call = createSendCall(account, pipeline, upstream)

  /** Follows the cursor to the end, by the vendor's own rules: no more, an empty page, or no cursor to go on with. */
  async function listAll(
    resource: OpenAIResource,
    holder: string,
    path: string,
    ids: Readonly<Record<string, string>>,
    context: CallContext,
  ): Promise<Rows> {
    const what = `the ${resource} of ${holder}`
    const rows: unknown[] = []
    const cursors = new Set<string>()
    let missing = 0
    let after: string | undefined
    do {
      const url = upstreamUrl(config.baseUrl, path, ids, { limit: pageSize, after })
      const page = await call({ what, resource, url, context, parse: parsePage })
      for (const row of page.data) rows.push(row)
      after = page.has_more && page.data.length > 0 ? (page.last_id ?? undefined) : undefined
      // It says that there is more, but not how to get there: at least one row stays unread.
      if (page.has_more && after === undefined) missing += 1
      if (after !== undefined && cursors.has(after)) {
        throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', `OpenAI goes round in circles in ${what}`)
      }
      if (after !== undefined) cursors.add(after)
    } while (after !== undefined)
    return { rows, missing }
  }

  return {
    identity,
    pipeline,
    schedule: new RefreshSchedule(upstream, pipeline.rateLimiter, 'certificates'),
    writer: createOpenAIWriter(config.baseUrl, call),
    uploads: new LRUCache({ max: mostUploads }),
    deactivations: new Mutex(),
    changes: upstream.replicas.changes(identity, longestService(upstream.settings)),
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

/** How long a reading may be made and serve at the most, in milliseconds. */
function longestService({ readingTimeout, ttl, staleWhileRevalidate, staleIfError }: UpstreamSettings): number {
  return readingTimeout + ttl + Math.max(staleWhileRevalidate, staleIfError)
}

function identityOf({ id, baseUrl, adminKey }: OpenAIOrganizationConfig): Identity {
  return ['OPENAI', baseUrl, id, adminKey]
}
