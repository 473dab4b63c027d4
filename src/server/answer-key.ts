import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../operation.ts'
import { idempotencyHeader } from './idempotency-header.ts'
import { planHeader } from './plan-header.ts'
import { costHeader } from './price.ts'
import { csrfHeaders, isSafeAuthorization } from './use-csrf.ts'
import { requestIdHeader } from './use-request-id.ts'

/** The request headers that an answer depends on, or whether there is one. Each header that a plugin reads is here or below. */
export const answerHeaders: readonly string[] = [
  'host',
  'origin',
  'accept',
  'content-type',
  costHeader,
  planHeader,
  ...csrfHeaders.filter((name) => name !== 'authorization'),
]

/** The request headers that a plugin reads and that a stored answer does not depend on, with the reason. */
export const otherHeaders: Readonly<Record<string, string>> = {
  authorization: 'The caller is part of the key, and so is what the header means for the prevention of CSRF.',
  'content-length': 'The body is part of the key.',
  [requestIdHeader]: 'The header of the response is not stored.',
  [idempotencyHeader]: 'Queries ignore it, and answers to mutations are not stored.',
  traceparent: 'The trace of the client is that of the span, and not part of the answer.',
  tracestate: 'As traceparent.',
  baggage: 'As traceparent.',
  'accept-encoding': 'Only static files are compressed, and their answers are not stored.',
  'if-none-match': 'As accept-encoding.',
  'access-control-request-method': 'Only a response to OPTIONS depends on it.',
}

interface RepeatableRequest {
  readonly method: string
  /** With the query string. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly caller: Caller
  readonly body: Buffer | undefined
}

/** What the last key was made from. */
interface KeyedRequest extends Omit<RepeatableRequest, 'headers'> {
  readonly isSafe: boolean
  /** Those of `answerHeaders`. */
  readonly values: readonly IncomingHttpHeaders[string][]
  readonly key: string
}

/** Requests that are sent again and again, and those that are sent at the same time, have the key of the one before. */
let last: KeyedRequest | undefined

/** Returns a text that two requests share only when their answers are the same. */
export function toAnswerKey(request: RepeatableRequest): string {
  if (!last || !isLike(last, request)) last = toKeyed(request)
  return last.key
}

function isLike(known: KeyedRequest, { method, url, headers, caller, body }: RepeatableRequest): boolean {
  if (known.method !== method || known.url !== url || !isSameAccess(known.caller, caller)) return false
  if (known.isSafe !== isSafeAuthorization(headers.authorization)) return false
  for (let index = 0; index < answerHeaders.length; index += 1) {
    if (headers[answerHeaders[index] ?? ''] !== known.values[index]) return false
  }
  return body && known.body ? body.equals(known.body) : body === known.body
}

/** Whether two callers have the same text. Sets are compared by their identity: it is the same for most requests. */
function isSameAccess(one: Caller, other: Caller): boolean {
  return (
    one.permissions === other.permissions &&
    one.places === other.places &&
    one.isIdentified === other.isIdentified &&
    one.credential === other.credential
  )
}

function toKeyed(request: RepeatableRequest): KeyedRequest {
  const { method, url, headers, caller, body } = request
  const isSafe = isSafeAuthorization(headers.authorization)
  const values = answerHeaders.map((name) => headers[name])
  // A header contains no line break, so the parts cannot run into each other. An empty header differs from none.
  const texts = values.map((value) => (value === undefined ? '' : `:${String(value)}`))
  const head = [method, url, toCallerText(caller), String(isSafe), ...texts].join('\n')
  return { method, url, caller, body, isSafe, values, key: `${head}\n${body?.toString('latin1') ?? ''}` }
}

/** The caller's name is no part of it: callers with the same permissions and places get the same answers. */
function toCallerText({ permissions, places, isIdentified, credential }: Caller): string {
  return `${isIdentified} ${credential} ${toText(permissions)} ${places && toText(places)}`
}

/** The texts of the sets of callers, which do not change. */
const texts = new WeakMap<ReadonlySet<string>, string>()

function toText(items: ReadonlySet<string>): string {
  const known = texts.get(items)
  if (known !== undefined) return known
  const text = JSON.stringify([...items].sort())
  texts.set(items, text)
  return text
}
