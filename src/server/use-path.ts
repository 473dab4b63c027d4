import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'

export const graphqlPath = '/graphql'

const welcome = `certgraph: send GraphQL to ${graphqlPath}\n`

/** Names the path of the API at `/`, and responds 404 to other paths. Yoga serves every URL that ends in `/graphql`, its query string included. */
export function usePath(): Plugin {
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      const path = toPath(request)
      if (path === graphqlPath) return
      const isRoot = path === '/' && ['GET', 'HEAD'].includes(request.method)
      endResponse(
        isRoot
          ? new fetchAPI.Response(welcome, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
          : new fetchAPI.Response(null, { status: 404 }),
      )
    },
  }
}
