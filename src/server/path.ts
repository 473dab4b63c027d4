/** Of the last request: most requests have the same URL, and several plugins need its path. */
let last = { url: '', path: '' }

/** Returns the path of a request, without its query string. */
export function toPath({ url }: Request): string {
  if (url !== last.url) last = { url, path: new URL(url).pathname }
  return last.path
}
