import type { Account } from '../../upstream/account.ts'
import { createCaller, type Upstream } from '../../upstream/call.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { OpenAIOrganizationConfig } from './config.ts'
import {
  parseCertificate,
  parseContent,
  parseError,
  parsePage,
  parseProject,
  type WireCertificate,
  type WireProject,
} from './wire.ts'

/** Every row of a list, and how many rows of it could not be read. */
interface WireList<Item> {
  readonly items: readonly Item[]
  readonly unreadable: number
}

/** The admin API of one organization (https://platform.openai.com/docs/api-reference/certificates). Reads only. */
export interface OpenAIClient {
  listOrganizationCertificates(signal: AbortSignal): Promise<WireList<WireCertificate>>
  listProjectCertificates(projectId: string, signal: AbortSignal): Promise<WireList<WireCertificate>>
  listProjects(signal: AbortSignal): Promise<WireList<WireProject>>
  /** The PEM of a certificate: lists never carry it. */
  getCertificateContent(certificateId: string, signal: AbortSignal): Promise<string>
}

const pageSize = '100'

export function createOpenAIClient(config: OpenAIOrganizationConfig, upstream: Upstream): OpenAIClient {
  const account: Account = {
    provider: 'OPENAI',
    brand: 'OpenAI',
    authorize: () => ({ authorization: `Bearer ${config.adminKey}` }),
    secrets: () => [config.adminKey],
    parseJson: JSON.parse,
    parseError,
  }
  const call = createCaller(account, upstream)

  /** Follows the cursor to the end, by the vendor's own rules: no more, an empty page, or no cursor to go on with. */
  async function listAll<Item extends { id: string }>(
    what: string,
    path: string,
    ids: Readonly<Record<string, string>>,
    parseItem: (row: unknown) => Item | null,
    signal: AbortSignal,
  ): Promise<WireList<Item>> {
    const items = new Map<string, Item>()
    const cursors = new Set<string>()
    let unreadable = 0
    let after: string | undefined
    do {
      const url = upstreamUrl(config.baseUrl, path, ids, { limit: pageSize, after })
      const page = await call({ what, url, signal, parse: parsePage })
      for (const row of page.data) {
        const item = parseItem(row)
        if (item) items.set(item.id, item)
        else unreadable += 1
      }
      after = page.has_more && page.data.length > 0 ? (page.last_id ?? undefined) : undefined
      // It says that there is more, but not how to get there: at least one row stays unread.
      if (page.has_more && after === undefined) unreadable += 1
      if (after !== undefined && cursors.has(after)) {
        throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', `OpenAI goes round in circles in ${what}`)
      }
      if (after !== undefined) cursors.add(after)
    } while (after !== undefined)
    return { items: [...items.values()], unreadable }
  }

  return {
    listOrganizationCertificates: (signal) =>
      listAll(`the certificates of ${config.id}`, '/organization/certificates', {}, parseCertificate, signal),
    listProjectCertificates: (projectId, signal) =>
      listAll(
        `the certificates of ${projectId}`,
        '/organization/projects/{projectId}/certificates',
        { projectId },
        parseCertificate,
        signal,
      ),
    listProjects: async (signal) => {
      const list = await listAll(`the projects of ${config.id}`, '/organization/projects', {}, parseProject, signal)
      return { ...list, items: list.items.filter((project) => !project.archived) }
    },
    getCertificateContent: (certificateId, signal) =>
      call({
        what: `the content of ${certificateId}`,
        url: upstreamUrl(
          config.baseUrl,
          '/organization/certificates/{certificateId}',
          { certificateId },
          { 'include[]': 'content' },
        ),
        signal,
        parse: parseContent,
      }),
  }
}
