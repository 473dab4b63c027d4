import type { CombinedError } from '@urql/core'
import { useRef } from 'preact/hooks'
import { toCertificatesHref } from '../certificate-query.ts'
import { Card } from '../components/card.tsx'
import { ChangeList } from '../components/change-list.tsx'
import { ConnectionNotice } from '../components/connection-notice.tsx'
import { NextList } from '../components/next-list.tsx'
import { ErrorState } from '../components/state.tsx'
import { Tiles, uncoveredWithin } from '../components/tiles.tsx'
import { Age } from '../components/time.tsx'
import { Timeline } from '../components/timeline.tsx'
import { VendorList } from '../components/vendor-list.tsx'
import { VerdictLine } from '../components/verdict.tsx'
import { type Count, toCount, toEmptyText } from '../count.ts'
import { toFailingSince } from '../failing-sources.ts'
import { formatCount, formatDate, formatNumber } from '../format.ts'
import { OverviewDocument, type OverviewQuery, UncoveredDocument, UnownedDocument } from '../generated/graphql.ts'
import { useClock, useSession } from '../page-context.ts'
import { toPersistedDocument } from '../persisted-document.ts'
import { isFromServer, toProblem } from '../problem.ts'
import { certificatesPath, changesPath, sourcesPath } from '../routes.ts'
import { useStore } from '../store.ts'
import { type Answer, useAnswer } from '../use-answer.ts'
import { toVerdict, type Verdict } from '../verdict.ts'
import { OverviewSkeleton } from './overview-skeleton.tsx'

const overview = toPersistedDocument(OverviewDocument)
const uncovered = toPersistedDocument(UncoveredDocument)
const unowned = toPersistedDocument(UnownedDocument)

/** Whether anything needs attention, and what expires when. */
export function Overview() {
  const answer = useAnswer({ query: overview, variables: {} })
  const uncoveredCount = toCount(useAnswer({ query: uncovered, variables: { within: uncoveredWithin } }))
  const unownedCount = toCount(useAnswer({ query: unowned, variables: {} }))
  const verdict = useVerdict(answer)
  const { data, receivedAt, error, refresh } = answer
  const statistics = data?.certificateStatistics
  return (
    <>
      <div class="lead">
        <VerdictLine verdict={verdict} />
        {/* Another element for another verdict, so that a longer one moves nothing. */}
        <p class="muted" key={[verdict.kind, ...verdict.parts.map(({ text }) => text)].join()}>
          {statistics && receivedAt !== null && verdict.kind !== 'loading' ? (
            <>
              <a href={certificatesPath}>{formatCount(statistics.total, 'certificate')}</a> at{' '}
              <a href={sourcesPath}>{toSourceCount(statistics.sources)}</a> · updated{' '}
              <Age at={new Date(receivedAt).toISOString()} />
            </>
          ) : (
            '\u00a0'
          )}
        </p>
      </div>
      <Announcement verdict={verdict} />
      <ConnectionNotice answer={answer} />
      {statistics && verdict.kind !== 'loading' ? (
        <Numbers
          key="numbers"
          data={data}
          statistics={statistics}
          uncovered={uncoveredCount}
          unowned={unownedCount}
          isOld={verdict.kind === 'disconnected'}
        />
      ) : error ? (
        <ErrorState key="error" error={error} onRetry={refresh} />
      ) : (
        <OverviewSkeleton key="skeleton" />
      )}
    </>
  )
}

/** How many sources were read. Certificates of the others are not counted. */
function toSourceCount(sources: NonNullable<OverviewQuery['certificateStatistics']>['sources']): string {
  const count = formatCount(sources.length, 'source')
  const read = sources.filter(({ status }) => status !== 'FAILED').length
  return read === sources.length ? count : `${formatNumber(read)} of ${count}`
}

interface NumbersProps {
  readonly data: OverviewQuery
  readonly statistics: NonNullable<OverviewQuery['certificateStatistics']>
  readonly uncovered: Count
  readonly unowned: Count
  readonly isOld: boolean
}

function Numbers({ data, statistics, uncovered, unowned, isOld }: NumbersProps) {
  const next = data.next?.nodes ?? []
  const caveat = toEmptyText(data.next && statistics)
  const changes = data.certificateChanges
  return (
    <div class={`overview${isOld ? ' old' : ''}`}>
      <Tiles statistics={statistics} uncovered={uncovered} unowned={unowned} />
      <div class="columns wide">
        <Card title="Expiries by month" note={`24 months, UTC${statistics.complete ? '' : ', incomplete'}`}>
          <Timeline months={statistics.byExpiryMonth} />
        </Card>
        <Card title="Vendors" more={{ href: certificatesPath, text: 'All certificates' }}>
          {statistics.byProvider.length === 0 && statistics.sources.every(({ status }) => status !== 'FAILED') ? (
            <p class="empty">{toEmptyText(statistics) ?? 'No certificates'}</p>
          ) : (
            <VendorList {...statistics} />
          )}
        </Card>
      </div>
      <div class="columns">
        <Card
          title="Next to expire"
          {...(statistics.complete ? {} : { note: 'incomplete' })}
          more={{
            href: toCertificatesHref({ conditions: { expiryStatuses: ['CRITICAL', 'WARNING'] } }),
            text: 'Critical and warning',
          }}
        >
          {next.length === 0 ? (
            <p class="empty">{caveat ?? 'No certificate is within its warning time.'}</p>
          ) : (
            <NextList certificates={next} />
          )}
        </Card>
        <Card title="Recent changes" more={{ href: changesPath, text: 'All changes' }}>
          {changes && changes.nodes.length > 0 ? (
            <ChangeList changes={changes.nodes} />
          ) : (
            <p class="empty">
              {changes === null
                ? 'The changes could not be read.'
                : changes.recordedSince === null
                  ? 'No changes yet. They are found by comparing two complete readings of a place.'
                  : `No changes since ${formatDate(Date.parse(changes.recordedSince))}.`}
            </p>
          )}
        </Card>
      </div>
    </div>
  )
}

/** The verdict on the last answer, by the clock of the server. */
function useVerdict({ data, receivedAt, openedAt, error }: Answer<OverviewQuery>): Verdict {
  const now = useStore(useClock())
  const clockSkew = useStore(useSession(), (session) => session.clockSkew)
  const failing = useRef<ReadonlyMap<string, number>>(new Map())
  if (data?.certificateStatistics && receivedAt !== null)
    failing.current = toFailingSince(data.certificateStatistics.sources, receivedAt, failing.current)
  return toVerdict({
    answer: data,
    receivedAt,
    now,
    openedAt,
    // The error state has the details.
    problem: error && toReason(error),
    clockSkew,
    failingSince: failing.current,
  })
}

function toReason(error: CombinedError): string {
  const { title, needsReload } = toProblem(error)
  return isFromServer(error) || needsReload ? title : 'Not connected'
}

/** Says the verdict to screen readers when it changes, and not when only its times move on. */
function Announcement({ verdict: { kind, parts } }: { readonly verdict: Verdict }) {
  const said = useRef({ topics: '', text: '' })
  const topics = [kind, ...parts.map(({ topic }) => topic)].join('\n')
  if (topics !== said.current.topics) said.current = { topics, text: parts.map(({ text }) => text).join('; ') }
  return (
    <p class="hidden" aria-live="polite">
      {said.current.text}
    </p>
  )
}
