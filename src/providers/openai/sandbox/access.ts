import type { Answer, Call } from '../../../sandbox/call.ts'
import { refuse, refuseScope } from './refusal.ts'
import type { OpenAISandboxState, Organization } from './state.ts'

/** The members of a request's body, none of them checked. */
export type Body = Readonly<Record<string, unknown>>

export interface Access {
  /** Answers for the organization that the key belongs to: the key alone says which one is meant. */
  within(call: Call, answer: (organization: Organization) => Answer | Promise<Answer>): Answer | Promise<Answer>
  /** The same for a call that changes something, with its body: empty where the call has none. */
  changing(call: Call, answer: (organization: Organization, body: Body) => Answer): Answer | Promise<Answer>
}

export function createAccess(state: OpenAISandboxState): Access {
  const within: Access['within'] = (call, answer) => {
    const [, key] = /^Bearer (.+)$/.exec(call.headers.authorization ?? '') ?? []
    const organization = state.organizations.find(({ adminKey }) => adminKey === key)
    if (!organization) return refuse(401, 'The key is not known.', { code: 'invalid_api_key' })
    const form = organization.missingScope
    return form ? refuseScope(form, 'api.management.read') : answer(organization)
  }
  return {
    within,
    changing: (call, answer) =>
      within(call, (organization) => {
        const form = organization.missingWriteScope
        if (form) return refuseScope(form, 'api.management.write')
        const body = call.method === 'POST' ? parseBody(call) : {}
        return body
          ? answer(organization, body)
          : refuse(400, 'The body is no JSON object, or does not say that it is.')
      }),
  }
}

function parseBody({ headers, body }: Call): Body | undefined {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return undefined
  try {
    const parsed: unknown = JSON.parse(body)
    // An array has no member that is asked for: it is refused for what it lacks.
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}
