import type { Page } from './page.ts'
import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'
import { isRead } from './use-metrics.ts'
import { graphqlPath } from './use-path.ts'

type RequestHook = NonNullable<Plugin['onRequest']>

/** The views of the page. The last segment of the last one is the percent-encoded id of a certificate. */
const views = /^\/(?:(?:certificates|sources|changes)?|certificates\/[^/]+)$/

/** The path of the files that the page links to. */
const assetPath = '/assets/'

/**
 * Serves the page and its assets to any caller: they contain no data. The files are read when one of them is first
 * requested.
 * @param folder where the build puts them
 */
export function usePage(folder: URL): Plugin {
  let page: Promise<Page> | undefined

  async function load(): Promise<Page> {
    const { loadPage } = await import('./page.ts')
    return loadPage(folder)
  }

  async function answer({ request, fetchAPI, endResponse }: Parameters<RequestHook>[0], path: string): Promise<void> {
    if (!isRead(request.method))
      return endResponse(new fetchAPI.Response(null, { status: 405, headers: { allow: 'GET, HEAD' } }))
    page ??= load().catch((error: unknown) => {
      page = undefined
      throw error
    })
    const { document, assets } = await page
    const asset = path.startsWith(assetPath) ? assets.get(path.slice(assetPath.length)) : document
    // During an update, another replica may have this asset already.
    const missing = { status: 404, headers: { 'cache-control': 'no-store' } }
    endResponse(asset ? await asset.respond(request, fetchAPI) : new fetchAPI.Response(null, missing))
  }

  return {
    // Asynchronous for these requests only: the others would each wait for a promise.
    onRequest(payload) {
      const path = toPath(payload.request)
      if (path === graphqlPath) return undefined
      return path.startsWith(assetPath) || views.test(path) ? answer(payload, path) : undefined
    },
  }
}
