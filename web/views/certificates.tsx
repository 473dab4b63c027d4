import { useMemo, useState } from 'preact/hooks'
import {
  type CertificateQuery,
  type Conditions,
  parseCertificateQuery,
  toCertificatesHref,
  toExportSearch,
} from '../certificate-query.ts'
import { toCoverageOf } from '../certificate-row.ts'
import { CertificateTable } from '../components/certificate-table.tsx'
import { Chips } from '../components/chips.tsx'
import { Completeness } from '../components/completeness.tsx'
import { ConnectionNotice } from '../components/connection-notice.tsx'
import { ExportMenu } from '../components/export-menu.tsx'
import { FilterMenus, type FilterOptions, type LoadedMenu } from '../components/filter-menus.tsx'
import { Notice } from '../components/notice.tsx'
import { OrderSelect } from '../components/order-select.tsx'
import { Pager, RowRange } from '../components/pager.tsx'
import { SearchField } from '../components/search-field.tsx'
import { ErrorState, State } from '../components/state.tsx'
import {
  CertificateListDocument,
  CoverageDocument,
  OwnerOptionsDocument,
  PlaceOptionsDocument,
} from '../generated/graphql.ts'
import { toCoverageVariables, toListVariables } from '../list-variables.ts'
import { toPersistedDocument } from '../persisted-document.ts'
import { navigate, usePlace } from '../router.ts'
import { certificatesPath } from '../routes.ts'
import { useAnswer } from '../use-answer.ts'
import { useFirstRow } from '../use-first-row.ts'

const certificateList = toPersistedDocument(CertificateListDocument)
const coverage = toPersistedDocument(CoverageDocument)
const placeOptions = toPersistedDocument(PlaceOptionsDocument)
const ownerOptions = toPersistedDocument(OwnerOptionsDocument)

/** The certificates, searched, filtered and ordered. */
export function Certificates() {
  const { search } = usePlace()
  const query = useMemo(() => parseCertificateQuery(search), [search])
  const { conditions, order } = query
  const answer = useAnswer({ query: certificateList, variables: toListVariables(query) })
  // The rows of earlier conditions stay until there are others, but not beside an error.
  const page = answer.error && !answer.isCurrent ? undefined : answer.data?.certificates
  const coverageOf = useCoverage(query, answer.isCurrent ? page : undefined)
  const { options, loadOptions } = useFilterOptions(conditions)
  const change = (next: Partial<CertificateQuery>, replace = false) =>
    navigate(toCertificatesHref({ conditions, order, ...next }), { replace })
  const report = page
    ? { totalCount: page.totalCount, rows: page.nodes.length, ...page.pageInfo }
    : { totalCount: 0, rows: 0, hasPreviousPage: false, hasNextPage: false }
  const firstRow = useFirstRow(report, query.position.from, answer.isCurrent)
  const isBusy = answer.isFetching && !answer.isCurrent
  return (
    <>
      <div class="list-head">
        <div>
          <h1 tabIndex={-1}>Certificates</h1>
          <p class="muted" role="status">
            {page ? (
              <RowRange
                firstRow={firstRow}
                rows={report.rows}
                totalCount={report.totalCount}
                isComplete={page.complete}
              />
            ) : (
              '\u00a0'
            )}
          </p>
        </div>
        <ExportMenu search={toExportSearch(query)} />
      </div>
      <div class="list-tools">
        <SearchField
          value={typeof conditions.search === 'string' ? conditions.search : ''}
          onSearch={(text) => {
            const { search: earlier, ...others } = conditions
            const isEmpty = text.trim() === ''
            // Back leaves a search, and does not go through its letters.
            change({ conditions: isEmpty ? others : { ...others, search: text } }, earlier !== undefined && !isEmpty)
          }}
        />
        <FilterMenus
          conditions={conditions}
          onChange={(next) => change({ conditions: next })}
          options={options}
          onOpen={loadOptions}
        />
        <OrderSelect order={order} onChange={(next) => change({ order: next })} />
      </div>
      <Chips
        query={query}
        placeLabel={(id) => options.places?.byPlace.find(({ key }) => key.id === id || key.vendorId === id)?.key.label}
      />
      {query.mistakes.length === 0 ? null : (
        <Notice tone="warning">
          <strong>The address has parameters that are no filter:</strong> {query.mistakes.join(', ')}.{' '}
          <a href={toCertificatesHref({ conditions, order })}>Remove them</a>
        </Notice>
      )}
      <ConnectionNotice answer={answer} />
      {page ? <Completeness complete={page.complete} fresh={page.fresh} reasons={page.incompleteReasons} /> : null}
      {answer.error && !page ? (
        <ErrorState key="error" error={answer.error} onRetry={answer.refresh} />
      ) : page?.nodes.length === 0 && !isBusy ? (
        <NoCertificates key="empty" isTrusted={page.complete && page.fresh} />
      ) : (
        <>
          <CertificateTable
            key={page ? 'rows' : 'skeleton'}
            query={query}
            rows={page?.nodes ?? null}
            coverageOf={coverageOf}
            isBusy={isBusy}
          />
          {page ? (
            <Pager
              hrefOf={(position) => toCertificatesHref({ ...query, position })}
              firstRow={firstRow}
              pageInfo={page.pageInfo}
              {...report}
            />
          ) : null}
        </>
      )}
    </>
  )
}

/** Loads what a menu offers when it is opened. The labels of the places in the URL come with the options. */
function useFilterOptions(conditions: Conditions) {
  const [opened, setOpened] = useState<readonly LoadedMenu[]>([])
  const needsPlaces = opened.includes('places') || conditions.placeIds !== undefined
  const places = useAnswer({ query: placeOptions, variables: {}, pause: !needsPlaces })
  const owners = useAnswer({ query: ownerOptions, variables: {}, pause: !opened.includes('owners') })
  const options: FilterOptions = {
    places: places.data?.certificateStatistics ?? (places.error ? null : undefined),
    owners: owners.data?.certificateStatistics ?? (owners.error ? null : undefined),
  }
  return { options, loadOptions: (menu: LoadedMenu) => setOpened((menus) => [...new Set([...menus, menu])]) }
}

type Page = Parameters<typeof toCoverageOf>[0] | undefined

/** Looks up which certificates of the page have a replacement: one request for the page, after its rows are shown. */
function useCoverage(
  query: CertificateQuery,
  page: { readonly nodes: readonly { readonly place: { readonly id: string } }[] } | null | undefined,
) {
  const places = page?.nodes.map(({ place }) => place.id) ?? []
  const variables = toCoverageVariables(query, places)
  const answer = useAnswer({ query: coverage, variables, pause: places.length === 0 })
  const certificates: Page = answer.isCurrent ? answer.data?.certificates : answer.error ? null : undefined
  return toCoverageOf(certificates)
}

function NoCertificates({ isTrusted }: { readonly isTrusted: boolean }) {
  return (
    <State
      icon={isTrusted ? 'search' : 'unknown'}
      title={isTrusted ? 'No certificate meets these conditions' : 'No certificate was found in what could be read'}
      actions={
        <a class="button" href={certificatesPath}>
          Show all certificates
        </a>
      }
    >
      {isTrusted
        ? 'All sources were read.'
        : 'There may be some that could not be read. The reasons are above this list.'}
    </State>
  )
}
