/** What the path of the page selects. */
export type Route =
  | { readonly view: 'overview' | 'certificates' | 'sources' | 'changes' | 'unknown' }
  | { readonly view: 'certificate'; readonly id: string }

export const overviewPath = '/'
export const certificatesPath = '/certificates'
export const sourcesPath = '/sources'
export const changesPath = '/changes'

export function parseRoute(path: string): Route {
  if (path === overviewPath) return { view: 'overview' }
  if (path === certificatesPath) return { view: 'certificates' }
  if (path === sourcesPath) return { view: 'sources' }
  if (path === changesPath) return { view: 'changes' }
  const id = /^\/certificates\/([^/]+)$/.exec(path)?.[1]
  return id === undefined ? { view: 'unknown' } : parseId(id)
}

/** The path of the page of a certificate. */
export const toCertificatePath = (id: string): string => `${certificatesPath}/${encodeURIComponent(id)}`

function parseId(text: string): Route {
  try {
    return { view: 'certificate', id: decodeURIComponent(text) }
  } catch {
    return { view: 'unknown' }
  }
}
