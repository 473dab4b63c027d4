/** What a page of a list says about its position. */
interface PageReport {
  readonly totalCount: number
  readonly rows: number
  readonly hasPreviousPage: boolean
  readonly hasNextPage: boolean
}

export const pageSize = 100

/**
 * The number of the first row of a page. The API has cursors and no numbers: at both ends of the list the number is exact, elsewhere
 * it is the one in the URL.
 */
export function toFirstRow({ totalCount, rows, hasPreviousPage, hasNextPage }: PageReport, from = 1): number {
  if (rows === 0) return 0
  if (!hasPreviousPage) return 1
  const last = totalCount - rows + 1
  return hasNextPage ? Math.max(2, Math.min(from, last - 1)) : last
}
