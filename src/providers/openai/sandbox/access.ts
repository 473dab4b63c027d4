import type { Call, EmulatedResponse } from '../../../sandbox/call.ts'
import { reject, rejectScope } from './responses.ts'
import type { OpenAISandboxState, Organization } from './state.ts'

/** The unchecked members of a request body. */
export type Body = Readonly<Record<string, unknown>>

export interface Access {
  /** Responds for the organization of the key: no other part of a call names the organization. */
  within(
    call: Call,
    respond: (organization: Organization) => EmulatedResponse | Promise<EmulatedResponse>,
  ): EmulatedResponse | Promise<EmulatedResponse>
  /** As `within`, for a call that changes something. The body is empty when the call has none. */
  changing(
    call: Call,
    respond: (organization: Organization, body: Body) => EmulatedResponse,
  ): EmulatedResponse | Promise<EmulatedResponse>
}

export function createAccess(state: OpenAISandboxState): Access {
  const within: Access['within'] = (call, respond) => {
    const [, key] = /^Bearer (.+)$/.exec(call.headers.authorization ?? '') ?? []
    const organization = state.organizations.find(({ adminKey }) => adminKey === key)
    if (!organization) return reject(401, 'The key is unknown.', { code: 'invalid_api_key' })
    const form = organization.missingScope
    return form ? rejectScope(form, 'api.management.read') : respond(organization)
  }
  return {
    within,
    changing: (call, respond) =>
      within(call, (organization) => {
        const form = organization.missingWriteScope
        if (form) return rejectScope(form, 'api.management.write')
        const body = call.method === 'POST' ? parseBody(call) : {}
        return body
          ? respond(organization, body)
          : reject(400, 'The body has to be a JSON object with the media type application/json.')
      }),
  }
}

function parseBody({ headers, body }: Call): Body | undefined {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return undefined
  try {
    const parsed: unknown = JSON.parse(body)
    // An array is rejected later, because it lacks the required members.
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}
