import type { CombinedError } from '@urql/core'

/** Why an answer is missing, for people. */
export interface Problem {
  readonly title: string
  readonly detail: string
  /** For the log of the server. */
  readonly requestId: string | null
}

export function toProblem(error: CombinedError): Problem {
  const [first] = error.graphQLErrors
  const { code, requestId } = first?.extensions ?? {}
  const id = typeof requestId === 'string' ? requestId : null
  if (first) return { title: toTitle(String(code)), detail: first.message, requestId: id }
  return {
    title: 'The server does not answer',
    detail: error.networkError?.message ?? error.message,
    requestId: null,
  }
}

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
