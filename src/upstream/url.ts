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

/**
 * Puts ids into a URL. `{name}` in the template is replaced with one checked segment. No other code does this.
 * @param base absolute, without a trailing slash
 */
export function upstreamUrl(
  base: string,
  template: string,
  ids: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | undefined>> = {},
): URL {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => checkId(ids[name] ?? '', name))
  const url = new URL(base + path)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.append(name, value)
  }
  // If the parser changed the path, the call would go somewhere else.
  if (url.pathname !== new URL(base).pathname.replace(/\/$/, '') + path) throw refused('path', 'plain segments')
  return url
}

function refused(what: string, allowed: string): InputError {
  return new InputError(`${what}: not an id of a vendor; expected 1 to 128 of ${allowed}`)
}
