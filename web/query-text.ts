/** The query string with its question mark. Empty without parameters. */
export function toQueryText(parameters: URLSearchParams): string {
  // A colon needs no escape in a query string (RFC 3986, section 3.4), and dates are readable with it.
  const text = parameters.toString().replaceAll('%3A', ':')
  return text === '' ? '' : `?${text}`
}

/** A page of a list: the rows after or before a cursor. */
export interface Position {
  readonly after?: string
  readonly before?: string
  /** The number of the first row, for people. Rows that come and go may shift it. */
  readonly from?: number
}

export const positionParameters = ['after', 'before', 'from']

export function parsePosition(parameters: URLSearchParams): Position {
  const after = parameters.get('after')
  const before = after ? null : parameters.get('before')
  if (!after && !before) return {}
  const from = Number(parameters.get('from'))
  return {
    ...(after ? { after } : {}),
    ...(before ? { before } : {}),
    ...(Number.isSafeInteger(from) && from > 0 ? { from } : {}),
  }
}

/** The arguments of a connection for a page of `size` rows. */
export const toPageArguments = ({ after, before }: Position, size: number) =>
  before === undefined ? { first: size, ...(after === undefined ? {} : { after }) } : { last: size, before }

/** The parameters that a view does not have, each as it is in the URL. */
export const toUnknownParameters = (parameters: URLSearchParams, known: readonly string[]): string[] =>
  [...parameters].filter(([name]) => !known.includes(name)).map(([name, value]) => `${name}=${value}`)

/** The entries of a list with one of them added, or removed if they have it. */
export const toggled = <T>(entries: readonly T[], entry: T): readonly T[] =>
  entries.includes(entry) ? entries.filter((each) => each !== entry) : [...entries, entry]
