import type { FetchAPI } from 'graphql-yoga'
import type { Caller } from '../operation.ts'
import { matchesTag } from './entity-tag.ts'
import { completeHeader, freshHeader, type ParameterMistake, type ReadExport, reasonsHeader } from './http-export.ts'
import { type Problem, toProblemBody } from './problem.ts'
import type { RedactText } from './request-message.ts'
import type { RequestState } from './request-state.ts'

/** Characters of a message. */
export const maxMessage = 500
const maxReasons = 1_000
/** Seconds until the next attempt where nothing says more: a place whose reading failed is not read again before. */
const pause = 5

/** A cache would serve certificates to callers who may not see them. */
const fileHeaders = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

export const wrongMethod: Problem = {
  status: 405,
  code: 'BAD_USER_INPUT',
  detail: 'An export is read with GET or HEAD.',
  headers: { allow: 'GET, HEAD' },
}
export const foreign: Problem = {
  status: 403,
  code: 'FORBIDDEN',
  detail: 'A page of another site requested this export as a part of itself. Open its address, or use another program.',
}
export const forbidden: Problem = {
  status: 403,
  code: 'FORBIDDEN',
  detail: 'This key or token lacks the permission certificates:read, which exports need.',
}

/** Whether a page of another site embeds the export, such as with a script element, which would make calls to vendors. */
export function isForeign({ headers }: Request): boolean {
  const site = headers.get('sec-fetch-site')
  return headers.get('sec-fetch-mode') === 'no-cors' && (site === 'cross-site' || site === 'same-site')
}

export function toProblemResponse(
  problem: Problem,
  { requestId, caller }: RequestState,
  { Response }: FetchAPI,
): Response {
  const body = toProblemBody(problem, requestId)
  const headers = {
    ...cacheHeaders(caller),
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...((problem.status === 503 || problem.status === 429) && { 'retry-after': String(pause) }),
    ...problem.headers,
  }
  return new Response(body, { status: problem.status, headers })
}

/** `useAuthentication` adds these for a caller who is identified. */
function cacheHeaders(caller: Caller | undefined): Readonly<Record<string, string>> {
  return caller?.isIdentified ? {} : { 'cache-control': 'private, no-store' }
}

export function stateHeaders({ incompleteReasons, staleReasons }: ReadExport, redact: RedactText) {
  const reasons = [...incompleteReasons, ...staleReasons]
  return {
    [completeHeader]: String(incompleteReasons.length === 0),
    [freshHeader]: String(staleReasons.length === 0),
    ...(reasons.length > 0 && { [reasonsHeader]: toHeaderText(redact(reasons.join('; '), maxReasons)) }),
  }
}

const spellings: readonly (readonly [RegExp, string])[] = [
  [/[‘’]/g, "'"],
  [/[“”]/g, '"'],
  [/…/g, '...'],
  // Values of headers are printable ASCII.
  [/[^\x20-\x7e]/g, '?'],
]

function toHeaderText(text: string): string {
  return spellings.reduce((spelled, [from, to]) => spelled.replace(from, to), text)
}

function contentHeaders({ contentType, fileName, etag }: ReadExport): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${fileName}"`,
    ...(etag !== undefined && { etag }),
  }
}

/** The headers of the file. */
export function toFileHeaders(read: ReadExport, caller: Caller, redact: RedactText): Readonly<Record<string, string>> {
  return { ...cacheHeaders(caller), ...fileHeaders, ...stateHeaders(read, redact), ...contentHeaders(read) }
}

/** Whether the client has this content already. */
export function isKnown({ headers }: Request, { etag }: ReadExport): boolean {
  return etag !== undefined && matchesTag(headers, etag)
}

/** The problem of an export that lacks what its request requires. */
export function toLacking(
  requirements: ReadonlySet<string>,
  { incompleteReasons, staleReasons, retryAfterSeconds: retry }: ReadExport,
  redact: RedactText,
): Problem | undefined {
  const incomplete = requirements.has('complete') ? incompleteReasons : []
  const stale = requirements.has('fresh') ? staleReasons : []
  const all = [...incomplete, ...stale]
  if (all.length === 0) return undefined
  const what = incomplete.length > 0 ? 'complete' : 'fresh'
  const reasons = all.slice(0, 100).map((reason) => redact(reason, maxMessage))
  const further = all.length > reasons.length ? [`${all.length - reasons.length} further reasons`] : []
  const detail = `The export would not be ${what}, which require=${what} asks for. Retry later, or omit it to get what there is.`
  const seconds = Math.max(
    (incomplete.length > 0 && retry?.complete) || pause,
    (stale.length > 0 && retry?.fresh) || pause,
  )
  return {
    status: 503,
    code: what === 'complete' ? 'INCOMPLETE' : 'STALE',
    detail,
    reasons: [...reasons, ...further],
    headers: { 'retry-after': String(seconds) },
  }
}

/** The problem of a query string. */
export function toMistakes(mistakes: readonly ParameterMistake[], redact: RedactText): Problem {
  const shown = mistakes.map(({ parameter, message }) => ({
    parameter: redact(parameter, 40),
    message: redact(message, maxMessage),
  }))
  const detail = shown.map(({ parameter, message }) => `${parameter}: ${message}`).join('; ')
  return { status: 400, code: 'BAD_USER_INPUT', detail, mistakes: shown }
}
