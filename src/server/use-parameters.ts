import { GraphQLError } from 'graphql'
import type { Plugin } from './request-state.ts'

/** Variables in a query string that are no JSON are the caller's mistake; Yoga lets their SyntaxError pass. */
export function useParameters(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return
      setRequestParser(async (request) => {
        try {
          return await requestParser(request)
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          throw new GraphQLError('The parameters "variables" and "extensions" must be JSON.', {
            extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
          })
        }
      })
    },
  }
}
