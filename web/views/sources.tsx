import { useMemo } from 'preact/hooks'
import { Completeness } from '../components/completeness.tsx'
import { ConnectionNotice } from '../components/connection-notice.tsx'
import { Menu } from '../components/menu.tsx'
import { Mistakes } from '../components/mistakes.tsx'
import { Options } from '../components/options.tsx'
import { Pager, RowRange } from '../components/pager.tsx'
import { SourceTable } from '../components/source-table.tsx'
import { ErrorState, State } from '../components/state.tsx'
import { StatusTabs } from '../components/status-tabs.tsx'
import { PlaceLimitsDocument, PlacesDocument, SourcesDocument } from '../generated/graphql.ts'
import { toPersistedDocument } from '../persisted-document.ts'
import { toggled } from '../query-text.ts'
import { navigate, usePlace } from '../router.ts'
import { sourcesPath } from '../routes.ts'
import { pageSize } from '../row-numbers.ts'
import { toFiltered, toRateLimitOf, toSorted, toSourceRow, toVendors } from '../source-row.ts'
import {
  parseSourcesQuery,
  placePageSize,
  type SourcesQueryState,
  toPlacesVariables,
  toSourcesHref,
} from '../sources-query.ts'
import { useAnswer } from '../use-answer.ts'
import { useFirstRow } from '../use-first-row.ts'
import { toVendorName } from '../vocabulary.ts'

const sources = toPersistedDocument(SourcesDocument)
const places = toPersistedDocument(PlacesDocument)
const placeLimits = toPersistedDocument(PlaceLimitsDocument)

/** As many as an argument may have. A place may have two sources, never fewer. */
const maxIds = 100

/** The state of what certgraph reads, trouble first. */
export function Sources() {
  const { search } = usePlace()
  const query = useMemo(() => parseSourcesQuery(search), [search])
  return query.hasEveryPlace ? <EveryPlace key="places" query={query} /> : <ReadSources key="sources" query={query} />
}

interface ViewProps {
  readonly query: SourcesQueryState
}

/** The sources of the lists: what the overview and its verdict are made from. */
function ReadSources({ query }: ViewProps) {
  const answer = useAnswer({ query: sources, variables: {} })
  const statistics = answer.data?.certificateStatistics
  const all = useMemo(() => toSorted(statistics?.sources ?? []), [statistics])
  const { providers } = query
  const ofVendors = toFiltered(all, { providers, statuses: [] })
  const found = toFiltered(all, query)
  // A link to a page that does not exist any more shows the first one.
  const first = query.from <= found.length ? query.from : 1
  const rows = found.slice(first - 1, first - 1 + pageSize)
  const ids = [...new Set(rows.map(({ place }) => place.id))].slice(0, maxIds)
  const limits = useAnswer({ query: placeLimits, variables: { ids }, pause: ids.length === 0 })
  const report = { firstRow: found.length === 0 ? 0 : first, rows: rows.length, totalCount: found.length }
  return (
    <>
      <div class="list-head">
        <div>
          <h1 tabIndex={-1}>Sources</h1>
          <p class="muted" role="status">
            {statistics ? <RowRange {...report} noun="sources" /> : '\u00a0'}
          </p>
        </div>
        <a class="button" href={toSourcesHref({ providers, hasEveryPlace: true })}>
          Show all places
        </a>
      </div>
      <div class="list-tools">
        <VendorMenu query={query} vendors={toVendors(all)} />
        <StatusTabs query={query} rows={statistics ? ofVendors : null} />
      </div>
      <Mistakes mistakes={query.mistakes} href={toSourcesHref(query)} />
      <ConnectionNotice answer={answer} />
      {answer.error && !statistics ? (
        <ErrorState error={answer.error} onRetry={answer.refresh} />
      ) : statistics && rows.length === 0 ? (
        <NoSources hasSources={all.length > 0} />
      ) : (
        <>
          {/* What the sources do not explain, such as a place in the list of the caller that exists nowhere. */}
          {statistics && all.every(({ status, unreadableRows }) => status === 'OK' && unreadableRows === 0) ? (
            <Completeness {...statistics} reasons={statistics.incompleteReasons} />
          ) : null}
          <SourceTable
            key={statistics ? 'rows' : 'skeleton'}
            rows={statistics ? rows : null}
            rateLimitOf={toRateLimitOf(limits.isCurrent ? limits.data : limits.error ? { nodes: [] } : null)}
            receivedAt={answer.receivedAt ?? 0}
            isBusy={!statistics}
          />
          {found.length > pageSize ? (
            <Pager
              {...report}
              hrefOf={({ from }) => toSourcesHref({ ...query, position: from === undefined ? {} : { from } })}
              pageInfo={{
                hasPreviousPage: first > 1,
                hasNextPage: first - 1 + rows.length < found.length,
                // The report has no cursors: the number of the row is the position.
                startCursor: 'row',
                endCursor: 'row',
              }}
              noun="sources"
            />
          ) : null}
        </>
      )}
    </>
  )
}

/** All places, those included that lists do not read. The view reads the places of the page that it shows. */
function EveryPlace({ query }: ViewProps) {
  const answer = useAnswer({ query: places, variables: toPlacesVariables(query) })
  const page = answer.data?.certificatePlaces
  const rows = useMemo(() => toSorted((page?.nodes ?? []).map(toSourceRow)), [page])
  const report = page
    ? { totalCount: page.totalCount, rows: rows.length, ...page.pageInfo }
    : { totalCount: 0, rows: 0, hasPreviousPage: false, hasNextPage: false }
  const firstRow = useFirstRow(report, query.position.from, answer.isCurrent)
  const { providers } = query
  return (
    <>
      <div class="list-head">
        <div>
          <h1 tabIndex={-1}>All places</h1>
          <p class="muted" role="status">
            {page ? <RowRange firstRow={firstRow} {...report} noun="places" /> : '\u00a0'}
          </p>
        </div>
        <a class="button" href={toSourcesHref({ providers })}>
          Show the sources
        </a>
      </div>
      <div class="list-tools">
        <VendorMenu query={query} vendors={[...new Set([...toVendors(rows), ...providers])]} />
        <p class="muted tools-note">
          Places that only a filter reads, such as OpenAI projects, are included. Trouble comes first on each page.
        </p>
      </div>
      <Mistakes mistakes={query.mistakes} href={toSourcesHref(query)} />
      <ConnectionNotice answer={answer} />
      {page ? <Completeness complete={page.complete} fresh reasons={page.incompleteReasons} /> : null}
      {answer.error && (!page || !answer.isCurrent) ? (
        <ErrorState error={answer.error} onRetry={answer.refresh} />
      ) : page && rows.length === 0 ? (
        <NoSources hasSources={providers.length > 0} />
      ) : (
        <>
          <SourceTable
            key={page ? 'rows' : 'skeleton'}
            rows={page ? rows : null}
            rateLimitOf={toRateLimitOf(page ?? null)}
            receivedAt={answer.receivedAt ?? 0}
            isBusy={answer.isFetching && !answer.isCurrent}
          />
          {page ? (
            <Pager
              firstRow={firstRow}
              {...report}
              pageInfo={page.pageInfo}
              size={placePageSize}
              noun="places"
              hrefOf={(position) => toSourcesHref({ ...query, position })}
            />
          ) : null}
        </>
      )}
    </>
  )
}

function VendorMenu({ query, vendors }: ViewProps & { readonly vendors: readonly string[] }) {
  const { providers } = query
  return (
    <Menu label={providers.length === 0 ? 'Vendor' : `Vendor · ${providers.length}`}>
      <Options
        legend="Vendor"
        flags={[...new Set([...vendors, ...providers])].map((vendor) => ({
          value: vendor,
          text: toVendorName(vendor),
          isChosen: providers.includes(vendor),
          onToggle: () => navigate(toSourcesHref({ ...query, position: {}, providers: toggled(providers, vendor) })),
        }))}
      />
    </Menu>
  )
}

function NoSources({ hasSources }: { readonly hasSources: boolean }) {
  return (
    <State
      icon={hasSources ? 'search' : 'unknown'}
      title={hasSources ? 'No source meets these conditions' : 'There are no sources'}
      actions={
        hasSources ? (
          <a class="button" href={sourcesPath}>
            Show all sources
          </a>
        ) : undefined
      }
    >
      {hasSources ? undefined : 'No place is configured that you may see.'}
    </State>
  )
}
