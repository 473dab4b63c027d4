import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'

export const graphqlPath = '/graphql'

/** Responds 404 to other paths than that of the API. Yoga serves every URL that ends in `/graphql`, its query string included. */
export function usePath(): Plugin {
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      if (toPath(request) !== graphqlPath) endResponse(new fetchAPI.Response(null, { status: 404 }))
    },
  }
}
