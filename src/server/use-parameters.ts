import { GraphQLError } from 'graphql'
import { Refusal } from './refusal.ts'
import type { Plugin } from './request-state.ts'

/**
 * What cannot be read is the caller's mistake. Yoga lets the SyntaxError of variables in a query string pass, and
 * answers a body that is no JSON with 200 to some.
 */
export function useParameters(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return
      setRequestParser(async (request) => {
        try {
          return await requestParser(request)
        } catch (error) {
          if (error instanceof SyntaxError)
            throw unreadable('The parameters "variables" and "extensions" must be JSON.')
          if (error instanceof GraphQLError && error.extensions['code'] === 'BAD_REQUEST')
            throw unreadable(error.message)
          throw error
        }
      })
    },
  }
}

function unreadable(message: string): Refusal {
  return new Refusal('BAD_USER_INPUT', message, { status: 400 })
}
