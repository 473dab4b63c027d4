import { createHash } from 'node:crypto'
import { isLoopback } from '../config/loopback.ts'
import { isObject } from '../is-object.ts'
import type { Clock } from '../upstream/clock.ts'
import {
  decodeParts,
  type Execute,
  type ExecutedOperation,
  ExecutionError,
  type Executor,
  parseAnswer,
} from './execute.ts'
import { startTimeLimit } from './time-limit.ts'
import { UsageError } from './usage-error.ts'

interface RemoteOptions {
  readonly url: string
  /** The API key; a secret. */
  readonly key: string | undefined
  /** Milliseconds for all operations together. */
  readonly timeout: number
  readonly clock: Clock
}

/** Executes operations at a running server. @throws UsageError for a URL to which no key may be sent */
export function createRemoteExecutor({ url, key, timeout, clock }: RemoteOptions): Executor {
  const target = parseServerUrl(url)
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new UsageError('CERTGRAPH_KEY is not an API key; expected printable characters without spaces')
  let isSandbox = false
  const timeLimit = startTimeLimit(clock, timeout)

  /** Whether the server has refused a text. */
  let acceptsListedOnly = false

  const execute: Execute = async (query, variables, headers = {}) => {
    const hash = `sha256:${createHash('sha256').update(query).digest('hex')}`
    const document = acceptsListedOnly ? { documentId: hash } : { query }
    const response = await send(target, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ ...document, variables }),
    })
    const text = await readText(response)
    const answer = parseAnswer(text)
    const rejection = rejectionOf(response, target, answer)
    if (rejection) throw new ExecutionError(rejection)
    if (answer?.errors.some(({ code }) => code === 'PERSISTED_QUERY_NOT_IN_LIST')) {
      if (acceptsListedOnly) throw new ExecutionError(notListed)
      acceptsListedOnly = true
      return execute(query, variables, headers)
    }
    if (!answer)
      throw new ExecutionError(`${target.href} answers with status ${response.status} and no GraphQL; ${right}`)
    return answer
  }

  async function send(url: URL, init: { readonly headers: Readonly<Record<string, string>> } & RequestInit) {
    try {
      const response = await fetch(url, {
        ...init,
        headers: { ...init.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) },
        // A redirect could send the key to another host.
        redirect: 'manual',
        signal: timeLimit.signal,
      })
      isSandbox ||= response.headers.get('x-certgraph-mode') === 'sandbox'
      return response
    } catch (error) {
      timeLimit.signal.throwIfAborted()
      throw new ExecutionError(`${target.origin} cannot be reached: ${reasonOf(error)}`)
    }
  }

  /** The error about an answer that could not be read to its end. */
  function toEarlyEnd(error: unknown): unknown {
    if (timeLimit.signal.aborted) return timeLimit.signal.reason
    return new ExecutionError(`the answer of ${target.origin} ended early: ${reasonOf(error)}`)
  }

  async function readText(response: Response): Promise<string> {
    try {
      return await response.text()
    } catch (error) {
      throw toEarlyEnd(error)
    }
  }

  /** Why the server executes nothing of this caller; undefined when it does. */
  function rejectionOf(
    { status, headers }: Response,
    { href }: URL,
    answer?: Pick<ExecutedOperation, 'errors'>,
  ): string | undefined {
    const [error] = answer?.errors ?? []
    if (status >= 300 && status < 400)
      return `${href} redirects, which is not followed; expected the URL of certgraph itself`
    if (status === 401 || error?.code === 'UNAUTHENTICATED')
      return key === undefined
        ? `${target.origin} expects an API key; set CERTGRAPH_KEY`
        : `${target.origin} does not accept the key in CERTGRAPH_KEY`
    if (status === 403) return `${target.origin} answers 403; expected a key with the permission certificates:read`
    if (status === 421)
      return `${target.origin} does not accept the host name ${target.hostname}; add it to server.hosts in its configuration`
    if (status === 429 || status === 503) {
      const after = headers.get('retry-after')
      return `${target.origin} answers ${status}${after && /^\d{1,6}$/.test(after) ? `; retry after ${after} s` : ''}`
    }
    if (status === 404 && !answer) return `${href} does not exist; ${right}`
    return undefined
  }

  return {
    execute,
    async download(path, query) {
      // A reverse proxy may serve all paths below one of its own.
      const url = new URL(`.${path}`, target)
      url.search = query.toString()
      const response = await send(url, { headers: {} })
      const { status, headers, body } = response
      const isProblem = headers.get('content-type')?.startsWith('application/problem+json') ?? false
      const isExplained = isProblem && status !== 401 && status !== 403
      const rejection = isExplained ? undefined : rejectionOf(response, new URL(`.${path}`, target))
      if (rejection) throw new ExecutionError(rejection)
      return { status, headers, parts: decodeParts(body, toEarlyEnd) }
    },
    get isSandbox() {
      return isSandbox
    },
    close: async () => timeLimit.end(),
  }
}

const notListed =
  'the server accepts trusted documents only, and has not this one; expected it in the file of documents.file, with the same text, or for a check a server of this version'
const right = 'expected the URL of certgraph, such as https://certgraph.internal'
const urlExpected = 'expected the https:// URL of a server, or an http:// URL of a loopback address'

/** Without a path, the path of the API is added. */
function parseServerUrl(text: string): URL {
  if (!URL.canParse(text)) throw new UsageError(`--url is no URL; ${urlExpected}`)
  const url = new URL(text)
  const { protocol, hostname, username, password, search, hash } = url
  if (username || password) throw new UsageError(`--url has a user name or password; ${urlExpected}, and CERTGRAPH_KEY`)
  if (search || hash) throw new UsageError(`--url has a query or a fragment; ${urlExpected}`)
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    throw new UsageError(`--url would send the API key without encryption; ${urlExpected}`)
  if (url.pathname === '/') url.pathname = '/graphql'
  return url
}

/** The reason of a failed `fetch`, which is a part of its cause. */
function reasonOf(error: unknown): string {
  if (!isObject(error)) return String(error)
  const { name, message, code, cause, errors } = error
  // One error for each address of the name.
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0])
  if (isObject(cause)) return reasonOf(cause)
  return String(message || code || name)
}
