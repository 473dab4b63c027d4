import { Buffer } from 'node:buffer'
import { type GraphiQLOptions, shouldRenderGraphiQL } from 'graphql-yoga'
import type { Plugin } from './request-state.ts'
import { graphqlPath } from './use-path.ts'

type RequestHook = NonNullable<Plugin['onRequest']>

/** The page contains all its parts and may connect to this server only. */
const contentSecurityPolicy = [
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
 * Serves GraphiQL to browsers. Yoga's own page loads its parts from other hosts and is served before the Host header is
 * checked. This one has nine megabytes, so it is rendered when it is first requested, and its bytes are kept.
 */
export function useGraphiQL(title: string, queries: readonly string[]): Plugin {
  let page: Promise<Uint8Array<ArrayBuffer>> | undefined

  async function answer({ fetchAPI, endResponse }: Parameters<RequestHook>[0]): Promise<void> {
    page ??= renderPage({
      title,
      endpoint: graphqlPath,
      // By default it sends subscriptions with GET, without a header against CSRF.
      method: 'POST',
      defaultTabs: queries.map((query) => ({ query })),
      defaultEditorToolsVisibility: false,
      shouldPersistHeaders: false,
    })
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
    }
    endResponse(new fetchAPI.Response(await page, { headers }))
  }

  return {
    // Asynchronous for these requests only: the others would each wait for a promise.
    onRequest(payload) {
      return shouldRenderGraphiQL(payload.request) ? answer(payload) : undefined
    },
  }
}

async function renderPage(options: GraphiQLOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  return Buffer.from(renderGraphiQL(options))
}
