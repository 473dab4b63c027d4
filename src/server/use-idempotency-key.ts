import { isObject } from '../is-object.ts'
import { idempotencyHeader, parseIdempotencyKey } from './idempotency-header.ts'
import { argumentsOfMutations } from './mutation-fields.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/**
 * Reads the idempotency key of an operation with one mutation from the header Idempotency-Key. Queries ignore the header:
 * they change nothing, and some clients send it with every request.
 */
export function useIdempotencyKey(): Plugin {
  return {
    onExecute({ args, extendContext }) {
      const { request, operations = 1, variables = {} } = args.contextValue
      const header = request.headers.get(idempotencyHeader)
      const mutations = header === null ? null : argumentsOfMutations(args, variables)
      if (header === null || mutations === null) return
      if (operations > 1 || mutations.length > 1) throw new RequestError('BAD_USER_INPUT', severalMutations)
      const idempotencyKey = parseIdempotencyKey(header)
      for (const { input } of mutations) {
        const inInput = isObject(input) ? (input['idempotencyKey'] ?? idempotencyKey) : idempotencyKey
        if (inInput !== idempotencyKey) throw new RequestError('BAD_USER_INPUT', otherKey)
      }
      extendContext({ idempotencyKey })
    },
  }
}

const severalMutations =
  'The request has the header Idempotency-Key and several operations or mutations; expected one mutation. Set ' +
  'input.idempotencyKey of each mutation instead.'
const otherKey =
  'The header Idempotency-Key differs from input.idempotencyKey; expected one of them, or the same key in both.'
