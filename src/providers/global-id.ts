import { InputError } from '../input-error.ts'
import { idPattern } from '../upstream/url.ts'

const longest = 2048
const scratch = Buffer.alloc(longest)

export interface GlobalId {
  readonly id: string
  readonly typename: string
  readonly key: readonly string[]
}

/**
 * The id of a node: its type and the vendor's ids. An id with characters other than letters, digits, _ and - is written
 * `~` and base64url, so that the parts can be told apart.
 */
export function toGlobalId(typename: string, ...key: readonly string[]): string {
  let text = typename
  for (const part of key) text += idPattern.test(part) ? `:${part}` : `:~${Buffer.from(part).toString('base64url')}`
  // All of it is ASCII. A buffer for each id would take as long as the rest.
  if (text.length > longest) return Buffer.from(text).toString('base64')
  return scratch.toString('base64', 0, scratch.write(text, 'latin1'))
}

/** What a text names as the type of its node, if it is a global id. */
export function typenameIn(text: string): string {
  return text.length > longest ? '' : (Buffer.from(text, 'base64').toString().split(':', 1)[0] ?? '')
}

/**
 * @param argument the path of the argument, for the error
 * @throws InputError when the text is not what toGlobalId makes
 */
export function parseGlobalId(id: string, argument = 'id'): GlobalId {
  const [typename = '', ...parts] = id.length > longest ? [] : Buffer.from(id, 'base64').toString().split(':')
  const key = parts.map((part) => (part.startsWith('~') ? Buffer.from(part.slice(1), 'base64url').toString() : part))
  if (toGlobalId(typename, ...key) !== id) {
    throw new InputError(`${argument}: not an id of this API; expected one from a query, unchanged`)
  }
  return { id, typename, key }
}
