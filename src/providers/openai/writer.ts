import type { SendCall } from '../../upstream/call/call.ts'
import type { CallContext } from '../../upstream/call/context.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { OpenAIResource } from './limits.ts'
import { parseDeleted, parseToggled, parseWritten, type WireCertificate } from './wire.ts'

/** Which certificates to activate or deactivate. Without a project: for the whole organization. */
interface Toggle {
  readonly certificateIds: readonly string[]
  readonly projectId: string | null
  readonly active: boolean
}

/** The calls of the admin API that change something in one organization (https://platform.openai.com/docs/api-reference/certificates). */
export interface OpenAIWriter {
  /** Uploads a certificate in PEM. It is not active anywhere. */
  uploadCertificate(content: string, name: string | null, context: CallContext): Promise<WireCertificate>
  /** Changes the name, which is the only attribute that can be changed. */
  renameCertificate(certificateId: string, name: string, context: CallContext): Promise<WireCertificate>
  /** Deletes a certificate. OpenAI refuses one that is active anywhere. */
  deleteCertificate(certificateId: string, context: CallContext): Promise<void>
  /** Activates or deactivates up to ten certificates: all or none. Documented as idempotent. Returns a row for each. */
  toggleCertificates(toggle: Toggle, context: CallContext): Promise<readonly WireCertificate[]>
}

const certificates = '/organization/certificates'
const certificate = `${certificates}/{certificateId}`
const inProject = '/organization/projects/{projectId}/certificates'

export function createOpenAIWriter(baseUrl: string, call: SendCall<OpenAIResource>): OpenAIWriter {
  const resource = 'writes'
  const headers = { 'content-type': 'application/json' }
  return {
    uploadCertificate: (content, name, context) =>
      call({
        resource,
        what: 'the upload of a certificate',
        method: 'POST',
        url: upstreamUrl(baseUrl, certificates),
        headers,
        body: JSON.stringify({ certificate: content, ...(name !== null && { name }) }),
        change: 'once',
        context,
        parse: parseWritten,
      }),
    renameCertificate: (certificateId, name, context) =>
      call({
        resource,
        what: `the new name of ${certificateId}`,
        method: 'POST',
        url: upstreamUrl(baseUrl, certificate, { certificateId }),
        headers,
        body: JSON.stringify({ name }),
        change: 'once',
        context,
        parse: (body) => parseWritten(body, certificateId),
      }),
    deleteCertificate: (certificateId, context) =>
      call({
        resource,
        what: `the deletion of ${certificateId}`,
        method: 'DELETE',
        url: upstreamUrl(baseUrl, certificate, { certificateId }),
        change: 'once',
        context,
        parse: (body) => parseDeleted(body, certificateId),
      }),
    toggleCertificates: ({ certificateIds, projectId, active }, context) => {
      const verb = active ? 'activate' : 'deactivate'
      return call({
        resource,
        what: `the request to ${verb} ${certificateIds.join(', ')}`,
        method: 'POST',
        url:
          projectId === null
            ? upstreamUrl(baseUrl, `${certificates}/${verb}`)
            : upstreamUrl(baseUrl, `${inProject}/${verb}`, { projectId }),
        headers,
        body: JSON.stringify({ certificate_ids: certificateIds }),
        change: 'idempotent',
        context,
        parse: (body) => parseToggled(body, certificateIds, active),
      })
    },
  }
}
