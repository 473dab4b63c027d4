import { formatNumber } from '../format.ts'
import type { SourceStatus } from '../generated/graphql.ts'
import type { SourceRow } from '../source-row.ts'
import { type SourcesQueryState, toSourcesHref } from '../sources-query.ts'
import { sourceStatuses } from '../vocabulary.ts'
import { Icon } from './icon.tsx'

interface StatusTabsProps {
  readonly query: SourcesQueryState
  /** The sources of the chosen vendors. Null before the first answer. */
  readonly rows: readonly SourceRow[] | null
}

/** Links to the sources of each status, with their numbers. */
export function StatusTabs({ query: { providers, statuses }, rows }: StatusTabsProps) {
  const countOf = (status?: SourceStatus) =>
    rows === null ? '–' : formatNumber(rows.filter((row) => status === undefined || row.status === status).length)
  const isAll = statuses.length === 0
  return (
    <nav class="tabs" key={rows === null ? 'space' : 'counts'} aria-label="Sources by status">
      <a href={toSourcesHref({ providers })} aria-current={isAll ? 'true' : undefined}>
        All <span class="count">{countOf()}</span>
      </a>
      {(Object.keys(sourceStatuses) as SourceStatus[]).map((status) => {
        const { word, tone } = sourceStatuses[status]
        return (
          <a
            key={status}
            href={toSourcesHref({ providers, statuses: [status] })}
            aria-current={statuses.includes(status) ? 'true' : undefined}
          >
            <span class="tone" data-tone={tone}>
              <Icon name={tone} />
            </span>
            {word} <span class="count">{countOf(status)}</span>
          </a>
        )
      })}
    </nav>
  )
}
