import type { CombinedError } from '@urql/core'

/** Why an answer is missing, for people. */
export interface Problem {
  readonly title: string
  readonly detail: string
  /** For the log of the server. */
  readonly requestId: string | null
  /** Whether the page has to be loaded again: another request would fail as well. */
  readonly needsReload: boolean
}

export function toProblem(error: CombinedError): Problem {
  const [first] = error.graphQLErrors
  const { code, requestId } = first?.extensions ?? {}
  const id = typeof requestId === 'string' ? requestId : null
  if (code === 'PERSISTED_QUERY_NOT_IN_LIST')
    return {
      title: 'certgraph was updated',
      detail: 'This page is of another version than the server. Reload it.',
      requestId: id,
      needsReload: true,
    }
  if (first) return { title: toTitle(String(code)), detail: first.message, requestId: id, needsReload: false }
  const foreign = toForeignResponse(error)
  // A proxy without its server recovers. A page to sign in stays until the reader opens it.
  const needsReload = foreign !== null && foreign.status < 500
  if (foreign)
    return {
      title: 'The answer is not from certgraph',
      detail: `Something between this page and certgraph answered with HTTP ${foreign.status}.${needsReload ? ' If you have to sign in there, reload the page.' : ''}`,
      requestId: null,
      needsReload,
    }
  return {
    title: 'The server does not answer',
    detail: error.networkError?.message ?? error.message,
    requestId: null,
    needsReload: false,
  }
}

/** Whether certgraph was reached, and answered with an error. */
export const isFromServer = (error: CombinedError): boolean => error.graphQLErrors.length > 0

/** The response of a proxy, such as a page to sign in. That of certgraph is JSON. */
function toForeignResponse({ networkError, response }: CombinedError): Response | null {
  if (!networkError || !isResponse(response)) return null
  return /json/.test(response.headers.get('content-type') ?? '') ? null : response
}

const isResponse = (value: unknown): value is Response => value instanceof Response

const toTitle = (code: string): string =>
  titles[code] ?? (code.startsWith('UPSTREAM_') ? 'The vendor could not be read' : 'The request failed')

const titles: Readonly<Record<string, string>> = {
  BAD_USER_INPUT: 'A filter is not valid',
  NOT_CONFIGURED: 'The place does not exist',
  FORBIDDEN: 'This key may not read certificates',
  UNAUTHENTICATED: 'A key is required',
  OVERLOADED: 'The server is busy',
  QUERY_TOO_COSTLY: 'This view is too costly for the server',
}
