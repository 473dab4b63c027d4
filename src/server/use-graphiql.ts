import { type GraphiQLOptions, shouldRenderGraphiQL } from 'graphql-yoga'
import type { Plugin } from './request-state.ts'
import { SAVED_QUERIES } from './saved-queries.ts'
import { GRAPHQL_PATH } from './use-path.ts'

/** Everything is in the page itself; the only thing it may talk to is this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * GraphiQL for a browser. Yoga's own page loads its parts from other hosts, and is rendered before the Host is
 * looked at; this one is rendered when it is first asked for, its nine megabytes cost nobody else.
 */
export function useGraphiQL(title: string): Plugin {
  let page: Promise<string> | undefined

  return {
    async onRequest({ request, fetchAPI, endResponse }) {
      if (!shouldRenderGraphiQL(request)) return
      page ??= renderPage({
        title,
        endpoint: GRAPHQL_PATH,
        defaultTabs: SAVED_QUERIES.map((query) => ({ query })),
        defaultEditorToolsVisibility: false,
        shouldPersistHeaders: false,
      })
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }
      endResponse(new fetchAPI.Response(await page, { headers }))
    },
  }
}

async function renderPage(options: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  return renderGraphiQL(options)
}
