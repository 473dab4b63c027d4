import { GraphQLError } from 'graphql'
import { isObject } from '../is-object.ts'
import type { RequestLimits } from '../limits.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/**
 * What cannot be read, or is too much of it, is the caller's mistake. Yoga lets the SyntaxError of variables in a query string
 * pass, answers a body that is no JSON with 200 to some, and names no limit.
 */
export function useParameters({ body, batching }: Pick<RequestLimits, 'body' | 'batching'>): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      const length = Number(request.headers.get('content-length'))
      if (length > body) throw tooLarge(body, { body: length })
      if (!requestParser) throw unknownType(request)
      setRequestParser(async (limited) => {
        try {
          const parameters = await requestParser(limited)
          if (Array.isArray(parameters)) refuseBatch(parameters, batching)
          return parameters
        } catch (error) {
          throw toRefusal(error, body)
        }
      })
    },
    onParams({ params: { operationName } }) {
      const name: unknown = operationName ?? ''
      if (typeof name !== 'string') throw unreadable('The parameter "operationName" must be a string.')
    },
  }
}

function toRefusal(error: unknown, body: number): unknown {
  if (error instanceof SyntaxError) return unreadable('The parameters "variables" and "extensions" must be JSON.')
  if (error instanceof RequestError || !(error instanceof GraphQLError)) return error
  const { code } = error.extensions
  if (code === 'REQUEST_ENTITY_TOO_LARGE') return tooLarge(body)
  return code === 'BAD_REQUEST' ? unreadable(error.message) : error
}

function refuseBatch(operations: readonly unknown[], limit: number): void {
  const measured = { batching: operations.length, limit }
  if (limit === 1) {
    const message = 'Several operations in one request are not served here; send one, and no list.'
    throw new RequestError('BAD_USER_INPUT', message, { status: 400, measured })
  }
  if (operations.length > limit) {
    const message = `${operations.length} operations in one request; at most ${limit} are allowed.`
    throw new RequestError('QUERY_TOO_LARGE', message, { status: 413, measured })
  }
  if (operations.every(isObject)) return
  throw unreadable('Each operation in the list must be an object with a "query".')
}

function unreadable(message: string): RequestError {
  return new RequestError('BAD_USER_INPUT', message, { status: 400 })
}

function unknownType(request: Request): RequestError {
  if (request.method !== 'GET' && request.method !== 'POST') {
    const message = `GraphQL is not served by ${request.method}; expected POST or GET.`
    return new RequestError('BAD_USER_INPUT', message, { status: 405, headers: { allow: 'GET, POST' } })
  }
  const found = request.headers.has('content-type') ? 'another content type' : 'no content type'
  const message = `The request has ${found}; expected a POST of application/json, or a GET with a query.`
  return new RequestError('BAD_USER_INPUT', message, { status: 415 })
}

/** Of one that comes in chunks nobody knows how large it is: reading stops at the limit. */
function tooLarge(limit: number, measured: { readonly body?: number } = {}): RequestError {
  return new RequestError('QUERY_TOO_LARGE', `The request has more than ${limit} bytes, the most that is read.`, {
    status: 413,
    measured: { ...measured, limit },
  })
}
