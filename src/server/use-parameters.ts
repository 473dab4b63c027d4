import { GraphQLError } from 'graphql'
import { isObject } from '../is-object.ts'
import type { RequestLimits } from '../limits.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/**
 * Rejects a request that cannot be parsed or is too large, with a status and a message of this API. Yoga does not catch
 * the SyntaxError of variables in a query string, responds 200 to some bodies that are no JSON, and names no limit.
 */
export function useParameters({ body, batching }: Pick<RequestLimits, 'body' | 'batching'>): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, serverContext }) {
      const length = Number(request.headers.get('content-length'))
      if (length > body) throw toSizeError(body, { body: length })
      if (serverContext.isBodyLarge) throw toSizeError(body)
      if (!requestParser) throw toMediaTypeError(request)
      setRequestParser(async (limited) => {
        try {
          const parameters = await requestParser(limited)
          if (Array.isArray(parameters)) {
            checkBatch(parameters, batching)
            serverContext.operations = parameters.length
          }
          return parameters
        } catch (error) {
          throw toRequestError(error)
        }
      })
    },
    onParams({ params: { operationName } }) {
      const name: unknown = operationName ?? ''
      if (typeof name !== 'string')
        throw toParameterError('The parameter "operationName" is invalid; expected a string.')
    },
  }
}

function toRequestError(error: unknown): unknown {
  if (error instanceof SyntaxError) {
    return toParameterError('The parameter "variables" or "extensions" is invalid; expected JSON.')
  }
  if (error instanceof RequestError || !(error instanceof GraphQLError)) return error
  const { code } = error.extensions
  return code === 'BAD_REQUEST' ? toParameterError(error.message) : error
}

function checkBatch(operations: readonly unknown[], limit: number): void {
  const measured = { batching: operations.length, limit }
  if (limit === 1) {
    const message = 'The request is a list; expected one operation as an object. Batching is off.'
    throw new RequestError('BAD_USER_INPUT', message, { status: 400, measured })
  }
  if (operations.length > limit) {
    const message = `The request has ${operations.length} operations; the limit is ${limit}.`
    throw new RequestError('QUERY_TOO_LARGE', message, { status: 413, measured })
  }
  if (operations.every(isObject)) return
  throw toParameterError('The request has an invalid operation; expected a list of objects with a "query".')
}

function toParameterError(message: string): RequestError {
  return new RequestError('BAD_USER_INPUT', message, { status: 400 })
}

function toMediaTypeError(request: Request): RequestError {
  if (request.method !== 'GET' && request.method !== 'POST') {
    const message = `The method ${request.method} is not supported; expected POST or GET.`
    return new RequestError('BAD_USER_INPUT', message, { status: 405, headers: { allow: 'GET, POST' } })
  }
  const found = request.headers.has('content-type') ? 'an unsupported content type' : 'no content type'
  const message = `The request has ${found}; expected a POST of application/json, or a GET with a query.`
  return new RequestError('BAD_USER_INPUT', message, { status: 415 })
}

/** @param measured the Content-Length; empty for a chunked body */
function toSizeError(limit: number, measured: { readonly body?: number } = {}): RequestError {
  return new RequestError('QUERY_TOO_LARGE', `The request has more than ${limit} bytes, the limit.`, {
    status: 413,
    measured: { ...measured, limit },
  })
}
