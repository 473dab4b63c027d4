import type { Rows } from '../upstream/cache/reading.ts'
import { MalformedBodyError } from '../upstream/error.ts'

/** One page of a vendor's list. */
export interface RowPage {
  readonly rows: readonly unknown[]
  /** The token of the next page; null on the last page. */
  readonly next: string | null
  /** The vendor says that there are more rows, but not how to get them. */
  readonly isCut?: boolean
}

/** More characters than any page token has: it becomes part of a URL. */
const maxTokenLength = 2_048

/** Whether there are more pages, from a body that says so; false when it does not. @throws when the member is no flag */
export function parseMoreFlag(body: Readonly<Record<string, unknown>>, member: string): boolean {
  const flag = body[member] ?? false
  if (typeof flag !== 'boolean') throw new MalformedBodyError(`${member} is neither true nor false`)
  return flag
}

/** The token of the next page; null when there is none. @throws when the member is no text, or a very long one */
export function parsePageToken(body: Readonly<Record<string, unknown>>, member: string): string | null {
  const token = body[member] ?? ''
  if (typeof token !== 'string') throw new MalformedBodyError(`${member} is not a string`)
  if (token.length > maxTokenLength)
    throw new MalformedBodyError(`${member} has more than ${maxTokenLength} characters`)
  return token || null
}

/**
 * Reads all pages of a list, one after another. `readPage` passes each page through `checked` when it parses the body: the
 * response is malformed when the vendor returns the same token twice, because the list would never end.
 */
export async function readPages(
  readPage: (token: string | undefined, checked: (page: RowPage) => RowPage) => Promise<RowPage>,
): Promise<Rows> {
  const rows: unknown[] = []
  const tokens = new Set<string>()
  const checked = (page: RowPage) => {
    if (page.next !== null && tokens.has(page.next)) throw new MalformedBodyError('the list has a page token twice')
    return page
  }
  let page = await readPage(undefined, checked)
  for (;;) {
    for (const row of page.rows) rows.push(row)
    const { next, isCut = false } = page
    // At least one row was not read.
    if (next === null) return { rows, missing: isCut ? 1 : 0 }
    tokens.add(next)
    page = await readPage(next, checked)
  }
}
