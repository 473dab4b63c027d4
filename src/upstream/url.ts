import { InputError } from '../input-error.ts'

/** What a vendor calls a thing, as far as it may enter a URL. */
export const idPattern = /^[A-Za-z0-9_-]{1,128}$/
export const switchKeyPattern = /^[A-Za-z0-9_:-]{1,128}$/

/**
 * Checks an id that a caller gave.
 * @throws InputError for anything that could be more than one segment of a path
 */
export function checkId(id: string, what: string): string {
  if (idPattern.test(id)) return id
  throw refused(what, 'letters, digits, _ and -')
}

/** Checks an account switch key, which may also hold a colon. */
export function checkSwitchKey(key: string, what: string): string {
  if (switchKeyPattern.test(key)) return key
  throw refused(what, 'letters, digits, _, - and :')
}

/**
 * The only way an id enters a URL: `{name}` in the template stands for one checked segment.
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
  // What the parser made of the path must be what the template says, or the call would go somewhere else.
  if (url.pathname !== new URL(base).pathname.replace(/\/$/, '') + path) throw refused('path', 'plain segments')
  return url
}

function refused(what: string, allowed: string): InputError {
  return new InputError(`${what}: not an id of a vendor; expected 1 to 128 of ${allowed}`)
}
