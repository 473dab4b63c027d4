import { type Asset, type AssetOptions, createAsset, immutable, revalidated, toDigest } from './asset.ts'
import { loadGraphiQLFiles } from './graphiql-files.ts'
import { graphiqlScript } from './graphiql-script.ts'
import { graphqlPath } from './use-path.ts'

export interface GraphiQLPage {
  readonly document: Asset
  /** The files that the document links to, by path. */
  readonly assets: ReadonlyMap<string, Asset>
}

/** The page has files of this server only, and may connect to it only. The editor adds style elements. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'font-src data:',
  "img-src 'self' data:",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = { 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' }

const javascript = 'text/javascript; charset=utf-8'

/** Creates the page: a short document, and the files of GraphiQL with a digest in their paths, which are cached without end. */
export async function createGraphiQLPage(title: string, queries: readonly string[]): Promise<GraphiQLPage> {
  const files = await loadGraphiQLFiles()
  const assets = new Map<string, Asset>()

  /** Returns the path of the file. */
  async function add(
    name: string,
    extension: string,
    body: Uint8Array<ArrayBuffer>,
    options: Omit<AssetOptions, 'cacheControl'>,
  ): Promise<string> {
    const path = `${graphqlPath}/${name}-${(await toDigest(body)).slice(0, 16)}.${extension}`
    assets.set(path, createAsset(body, { cacheControl: immutable, headers, ...options }))
    return path
  }
  const addScript = (name: string, body: Uint8Array<ArrayBuffer>) => add(name, 'js', body, { contentType: javascript })

  const [graphiql, start, style, icon, editor, json, graphql] = await Promise.all([
    addScript('graphiql', files.js),
    addScript('start', new TextEncoder().encode(graphiqlScript)),
    add('graphiql', 'css', files.css, { contentType: 'text/css; charset=utf-8' }),
    add('graphiql', 'ico', files.icon, { contentType: 'image/x-icon' }),
    addScript('editor-worker', files.editorWorkerService),
    addScript('json-worker', files.jsonWorker),
    addScript('graphql-worker', files.graphqlWorker),
  ])
  const settings = {
    workers: { editorWorkerService: editor, json, graphql },
    options: {
      title,
      endpoint: graphqlPath,
      // By default it sends subscriptions with GET, without a header against CSRF.
      method: 'POST',
      defaultTabs: queries.map((query) => ({ query })),
      defaultEditorToolsVisibility: false,
      shouldPersistHeaders: false,
    },
  }
  const document = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="icon" href="${icon}" />
    <link rel="stylesheet" href="${style}" />
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript. The API is at ${graphqlPath}.</noscript>
    <div id="root"></div>
    <script type="application/json" id="settings">${JSON.stringify(settings).replaceAll('<', '\\u003c')}</script>
    <script src="${graphiql}"></script>
    <script src="${start}"></script>
  </body>
</html>
`
  const contentType = 'text/html; charset=utf-8'
  // A client that prefers another type gets an answer of the API at the same URL.
  const options = { contentType, cacheControl: revalidated, headers, vary: 'Accept' }
  return { document: createAsset(document, options), assets }
}
