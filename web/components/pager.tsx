import type { ComponentChildren } from 'preact'
import { formatNumber } from '../format.ts'
import type { Position } from '../query-text.ts'
import { pageSize } from '../row-numbers.ts'
import { Icon } from './icon.tsx'

interface PagerProps {
  /** The address of the list at a position. */
  readonly hrefOf: (position: Position) => string
  /** What the rows are, for a list without any. */
  readonly noun?: string
  readonly size?: number
  readonly firstRow: number
  readonly rows: number
  readonly totalCount: number
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

/** The rows that are shown, of how many. */
export function RowRange({
  firstRow,
  rows,
  totalCount,
  noun = 'certificates',
  isComplete = true,
}: Pick<PagerProps, 'firstRow' | 'rows' | 'totalCount' | 'noun'> & { readonly isComplete?: boolean }) {
  if (rows === 0) return <>{isComplete ? `No ${noun}` : `No ${noun} in what could be read`}</>
  return (
    <>
      {formatNumber(firstRow)}–{formatNumber(firstRow + rows - 1)} of {formatNumber(totalCount)}
    </>
  )
}

/** Links to the pages before and after this one. */
export function Pager({ hrefOf, firstRow, rows, totalCount, pageInfo, noun, size = pageSize }: PagerProps) {
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo
  const previousFrom = firstRow - size
  const previous: Position = previousFrom > 1 && startCursor ? { before: startCursor, from: previousFrom } : {}
  return (
    <nav class="pager" aria-label="Pages">
      <PageLink href={hasPreviousPage ? hrefOf(previous) : undefined}>
        <Icon name="left" />
        Previous
      </PageLink>
      <PageLink href={hasNextPage && endCursor ? hrefOf({ after: endCursor, from: firstRow + rows }) : undefined}>
        Next
        <Icon name="right" />
      </PageLink>
      <span class="muted">
        <RowRange firstRow={firstRow} rows={rows} totalCount={totalCount} {...(noun === undefined ? {} : { noun })} />
      </span>
    </nav>
  )
}

/** A link without an address is disabled, and keeps its place. */
function PageLink({ href, children }: { readonly href: string | undefined; readonly children: ComponentChildren }) {
  if (href === undefined)
    return (
      <span class="button" aria-disabled="true">
        {children}
      </span>
    )
  return (
    <a class="button" href={href} data-top>
      {children}
    </a>
  )
}
