import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { type Asset, createAsset, immutable, revalidated } from './asset.ts'

/** The files of the page, as the build makes them. */
export interface Page {
  /** The document, which is the same for all views. */
  readonly document: Asset
  /** The files that the document names, by the last segment of their path. */
  readonly assets: ReadonlyMap<string, Asset>
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page has files of this server only, and may connect to this server only. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/**
 * Reads the files of the page, which have about 200 kB with their compressed forms.
 * @param folder the URL of the folder, with a slash at its end
 */
export async function loadPage(folder: URL): Promise<Page> {
  const assetFolder = new URL('assets/', folder)
  const names = await readdir(assetFolder)
  const files = names.filter((name) => contentTypes[extname(name)] !== undefined)
  const assets = files.map(async (name) => [name, await loadAsset(new URL(name, assetFolder), immutable)] as const)
  const document = await loadAsset(new URL('index.html', folder), revalidated)
  return { document, assets: new Map(await Promise.all(assets)) }
}

async function loadAsset(url: URL, cacheControl: string): Promise<Asset> {
  const read = (suffix: string) => readFile(new URL(`${url.href}${suffix}`))
  const [body, br, gzip] = await Promise.all([read(''), read('.br'), read('.gz')])
  const contentType = contentTypes[extname(url.pathname)] ?? 'application/octet-stream'
  return createAsset(body, { contentType, cacheControl, headers, encoded: { br, gzip } })
}
