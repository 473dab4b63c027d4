import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'

export const GRAPHQL_PATH = '/graphql'

/** Yoga serves every URL that ends in `/graphql`, be it in the query string. Here the path decides. */
export function usePath(): Plugin {
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      if (toPath(request) !== GRAPHQL_PATH) endResponse(new fetchAPI.Response(null, { status: 404 }))
    },
  }
}
