import { useMemo, useState } from 'preact/hooks'
import {
  type ChangeConditions,
  parseChangesQuery,
  toChangesHref,
  toChangesVariables,
  toSince,
  withoutChangeCondition,
} from '../changes-query.ts'
import { ChangeTable } from '../components/change-table.tsx'
import { ConnectionNotice } from '../components/connection-notice.tsx'
import { Icon } from '../components/icon.tsx'
import { Menu } from '../components/menu.tsx'
import { Mistakes } from '../components/mistakes.tsx'
import { Options } from '../components/options.tsx'
import { Pager, RowRange } from '../components/pager.tsx'
import { RecordedSince } from '../components/recorded-since.tsx'
import { ErrorState, State } from '../components/state.tsx'
import { formatMoment } from '../format.ts'
import { type CertificateChangeKind, ChangesDocument, PlaceOptionsDocument } from '../generated/graphql.ts'
import { useClock } from '../page-context.ts'
import { toPersistedDocument } from '../persisted-document.ts'
import { toggled } from '../query-text.ts'
import { navigate, usePlace } from '../router.ts'
import { changesPath } from '../routes.ts'
import { useAnswer } from '../use-answer.ts'
import { useFirstRow } from '../use-first-row.ts'
import { changeKinds, toPlaceName } from '../vocabulary.ts'

const changesDocument = toPersistedDocument(ChangesDocument)
const placeOptions = toPersistedDocument(PlaceOptionsDocument)

const periods = [
  { days: 1, text: 'Yesterday' },
  { days: 7, text: '7 days ago' },
  { days: 30, text: '30 days ago' },
  { days: 90, text: '90 days ago' },
]

/** What changed, newest first. */
export function Changes() {
  const { search } = usePlace()
  const query = useMemo(() => parseChangesQuery(search), [search])
  const { conditions, position, mistakes } = query
  const answer = useAnswer({ query: changesDocument, variables: toChangesVariables(query) })
  const page = answer.data?.certificateChanges
  const report = page
    ? { totalCount: page.totalCount, rows: page.nodes.length, ...page.pageInfo }
    : { totalCount: 0, rows: 0, hasPreviousPage: false, hasNextPage: false }
  const firstRow = useFirstRow(report, position.from, answer.isCurrent)
  const isBusy = answer.isFetching && !answer.isCurrent
  return (
    <>
      <div class="list-head">
        <div>
          <h1 tabIndex={-1}>Changes</h1>
          <p class="muted" role="status">
            {page ? <RowRange firstRow={firstRow} {...report} noun="changes" /> : '\u00a0'}
          </p>
        </div>
      </div>
      <div class="list-tools">
        <ChangeFilters conditions={conditions} />
        <p class="muted tools-note" key={page ? 'since' : 'space'}>
          {page ? <RecordedSince at={page.recordedSince} /> : '\u00a0'}
        </p>
      </div>
      <Mistakes mistakes={mistakes} href={toChangesHref(conditions)} />
      <ConnectionNotice answer={answer} />
      {answer.error && (!page || !answer.isCurrent) ? (
        <ErrorState key="error" error={answer.error} onRetry={answer.refresh} />
      ) : page?.nodes.length === 0 && !isBusy ? (
        <NoChanges
          key="empty"
          recordedSince={page.recordedSince}
          isFiltered={toChangesHref(conditions) !== changesPath}
        />
      ) : (
        <>
          <ChangeTable key={page ? 'rows' : 'skeleton'} changes={page?.nodes ?? null} isBusy={isBusy} />
          {page ? (
            <Pager
              firstRow={firstRow}
              {...report}
              pageInfo={page.pageInfo}
              noun="changes"
              hrefOf={(next) => toChangesHref(conditions, next)}
            />
          ) : null}
        </>
      )}
    </>
  )
}

function ChangeFilters({ conditions }: { readonly conditions: ChangeConditions }) {
  const { kinds = [], placeIds = [], since } = conditions
  const [isOpen, setIsOpen] = useState(false)
  const clock = useClock()
  // The labels of the places in the URL come with the options.
  const options = useAnswer({ query: placeOptions, variables: {}, pause: !isOpen && placeIds.length === 0 })
  const places = options.data?.certificateStatistics?.byPlace.map(({ key }) => key) ?? []
  const labelOf = (id: string) => places.find((place) => place.id === id || place.vendorId === id)?.label ?? id
  const change = (next: ChangeConditions) => navigate(toChangesHref(next))
  const label = (text: string, count: number) => (count === 0 ? text : `${text} · ${count}`)
  const chips = [
    ...kinds.map((kind) => ({ name: 'kinds' as const, entry: kind as string, text: changeKinds[kind] })),
    ...placeIds.map((id) => ({ name: 'placeIds' as const, entry: id, text: labelOf(id) })),
    ...(since === undefined
      ? []
      : [{ name: 'since' as const, entry: since, text: `Since ${formatMoment(Date.parse(since), clock.get())}` }]),
  ]
  return (
    <>
      <Menu label={label('Kind', kinds.length)}>
        <Options
          legend="Kind"
          flags={(Object.keys(changeKinds) as CertificateChangeKind[]).map((kind) => ({
            value: kind,
            text: changeKinds[kind],
            isChosen: kinds.includes(kind),
            onToggle: () => change({ ...conditions, kinds: toggled(kinds, kind) }),
          }))}
        />
      </Menu>
      <Menu label={label('Place', placeIds.length)} onOpen={() => setIsOpen(true)}>
        <Options
          legend="Place"
          name="placeIds"
          conditions={{ placeIds }}
          options={options.data ? places.map((place) => ({ value: place.id, text: toPlaceName(place) })) : undefined}
          hasFailed={options.error !== null}
          onToggle={(id) => change({ ...conditions, placeIds: toggled(placeIds, id) })}
        />
      </Menu>
      <Menu label={label('Since', since === undefined ? 0 : 1)}>
        <Options
          legend="Since"
          flags={periods.map(({ days, text }) => {
            const time = toSince(days, clock.get())
            return {
              value: text,
              text,
              isChosen: since === time,
              onToggle: () =>
                change(since === time ? withoutChangeCondition(conditions, 'since') : { ...conditions, since: time }),
            }
          })}
        />
      </Menu>
      {chips.length === 0 ? null : (
        <ul class="chips" aria-label="Conditions">
          {chips.map(({ name, entry, text }) => (
            <li key={name + entry} class="chip">
              <span title={text}>{text}</span>
              <a href={toChangesHref(withoutChangeCondition(conditions, name, entry))} aria-label={`Remove: ${text}`}>
                <Icon name="close" />
              </a>
            </li>
          ))}
          <li>
            <a class="clear" href={changesPath}>
              Clear all
            </a>
          </li>
        </ul>
      )}
    </>
  )
}

interface NoChangesProps {
  readonly recordedSince: string | null
  readonly isFiltered: boolean
}

/** An empty history is good news for the recorded time only. */
function NoChanges({ recordedSince, isFiltered }: NoChangesProps) {
  const now = useClock().get()
  const since = recordedSince === null ? null : formatMoment(Date.parse(recordedSince), now)
  return (
    <State
      icon={since === null ? 'unknown' : 'ok'}
      title={
        since === null
          ? 'Nothing is known about changes yet'
          : isFiltered
            ? 'No such change in the recorded time'
            : `Nothing has changed since ${since}`
      }
      actions={
        isFiltered ? (
          <a class="button" href={changesPath}>
            Show all changes
          </a>
        ) : undefined
      }
    >
      {since === null
        ? 'Changes are found by comparing two complete readings of a place. At least one of these places was never read completely.'
        : `Changes are found by comparing two complete readings of a place, and recorded since ${since}. What happened before is not known.`}
    </State>
  )
}
