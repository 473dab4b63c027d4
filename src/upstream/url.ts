import { InputError } from '../input-error.ts'

/** The ids of vendors that may enter a URL. */
export const idPattern = /^[A-Za-z0-9_-]{1,128}$/
export const switchKeyPattern = /^[A-Za-z0-9_:-]{1,128}$/

/**
 * Checks an id from a caller.
 * @throws InputError if it could be more than one segment of a path
 */
export function checkId(id: string, what: string): string {
  if (idPattern.test(id)) return id
  throw refused(what, 'letters, digits, _ and -')
}

/** Checks an account switch key, which may also contain a colon. */
export function checkSwitchKey(key: string, what: string): string {
  if (switchKeyPattern.test(key)) return key
  throw refused(what, 'letters, digits, _, - and :')
}

/** A URL as the log and traces have it. */
interface LoggedUrl {
  /** The path with the names of the ids in place of the ids. */
  readonly template: string
  /** The whole URL, without texts of callers. */
  readonly full: string
}

/** A URL of a vendor, as `upstreamUrl` makes it. */
class UpstreamUrl extends URL {
  logged: LoggedUrl | undefined
}

/** How the log and traces show a URL that `upstreamUrl` has made; of any other URL only the origin. */
export function loggedUrl(url: URL): LoggedUrl {
  return (url instanceof UpstreamUrl && url.logged) || { template: '/', full: `${url.origin}/` }
}

/**
 * Puts ids into a URL. `{name}` in the template is replaced with one checked segment. No other code does this.
 * @param base absolute, without a trailing slash
 * @param texts members of the query that are no ids, such as what a caller searches for
 */
export function upstreamUrl(
  base: string,
  template: string,
  ids: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | undefined>> = {},
  texts: Readonly<Record<string, string | undefined>> = {},
): URL {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => checkId(ids[name] ?? '', name))
  const url = new UpstreamUrl(base + path)
  const folder = new URL(base).pathname.replace(/\/$/, '')
  // If the parser changed the path, the call would go somewhere else.
  if (url.pathname !== folder + path) throw refused('path', 'plain segments')
  appendTo(url, query)
  const { href } = url
  appendTo(url, texts)
  url.logged = { template: folder + template, full: href }
  return url
}

function appendTo(url: URL, query: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.append(name, value)
  }
}

function refused(what: string, allowed: string): InputError {
  return new InputError(`${what}: not an id of a vendor; expected 1 to 128 of ${allowed}`)
}
