import type { GraphiQLPage } from './graphiql-page.ts'
import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'
import { isRead } from './use-metrics.ts'
import { graphqlPath } from './use-path.ts'

type RequestHook = NonNullable<Plugin['onRequest']>

const assetPath = `${graphqlPath}/`

/**
 * Serves GraphiQL to browsers. Yoga's own page loads its parts from other hosts and is served before the Host header is
 * checked. This one is made when it is first requested, and is kept.
 */
export function useGraphiQL(title: string, queries: readonly string[]): Plugin {
  let page: Promise<GraphiQLPage> | undefined

  async function load(): Promise<GraphiQLPage> {
    const { createGraphiQLPage } = await import('./graphiql-page.ts')
    return createGraphiQLPage(title, queries)
  }

  async function answer({ request, fetchAPI, endResponse }: Parameters<RequestHook>[0], path: string): Promise<void> {
    page ??= load().catch((error: unknown) => {
      page = undefined
      throw error
    })
    const { document, assets } = await page
    const asset = path === graphqlPath ? document : assets.get(path)
    // The next plugin answers the others.
    if (asset) endResponse(await asset.respond(request, fetchAPI))
  }

  return {
    // Asynchronous for these requests only: the others would each wait for a promise.
    onRequest(payload) {
      const { request } = payload
      if (!isRead(request.method)) return undefined
      const path = toPath(request)
      const isPage = path === graphqlPath && request.headers.get('accept')?.includes('text/html')
      return isPage || path.startsWith(assetPath) ? answer(payload, path) : undefined
    },
  }
}
