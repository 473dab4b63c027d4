import type { Rows } from '../upstream/cache/reading.ts'
import { UpstreamError } from '../upstream/error.ts'

/** One page of a vendor's list. */
export interface RowPage {
  readonly rows: readonly unknown[]
  /** The token of the next page; null on the last page. */
  readonly next: string | null
  /** The vendor says that there are more rows, but not how to get them. */
  readonly isCut?: boolean
}

/**
 * Reads all pages of a list, one after another.
 * @throws UpstreamError when the vendor returns the same token twice: the list would never end
 */
export async function readPages(
  brand: string,
  what: string,
  readPage: (token: string | undefined) => Promise<RowPage>,
): Promise<Rows> {
  const rows: unknown[] = []
  const tokens = new Set<string>()
  let page = await readPage(undefined)
  for (;;) {
    for (const row of page.rows) rows.push(row)
    const { next, isCut = false } = page
    // At least one row was not read.
    if (next === null) return { rows, missing: isCut ? 1 : 0 }
    if (tokens.has(next)) {
      throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', `${brand} returned a page token twice for ${what}`)
    }
    tokens.add(next)
    page = await readPage(next)
  }
}
