import { toCertificatesHref } from '../certificate-query.ts'
import { formatCount, formatExactTime, formatNumber, formatReset } from '../format.ts'
import { useClock } from '../page-context.ts'
import { type RateLimitOf, type SourceRow, toAdvice } from '../source-row.ts'
import { useStore } from '../store.ts'
import { toPlaceKind, toVendorName } from '../vocabulary.ts'
import { Mark } from './certificate-cells.tsx'
import { CopyButton } from './copy-button.tsx'
import { SourceBadge } from './source-badge.tsx'
import { Age, RelativeTime } from './time.tsx'
import { ViewTable } from './view-table.tsx'

interface SourceTableProps {
  /** Null while the first answer is loaded. */
  readonly rows: readonly SourceRow[] | null
  readonly rateLimitOf: RateLimitOf
  readonly receivedAt: number
  readonly isBusy: boolean
}

const columns = ['Source', 'Status', 'Read', 'Certificates', 'Rate limit left', 'Circuit']

/** The sources with what is wrong with each. */
export const SourceTable = ({ rows, rateLimitOf, receivedAt, isBusy }: SourceTableProps) => (
  <ViewTable name="sources" caption="Sources" columns={columns} isBusy={isBusy} skeletonRows={8}>
    {rows?.map((row) => (
      <SourceCells key={row.id} row={row} limit={rateLimitOf(row.place.id)} receivedAt={receivedAt} />
    )) ?? null}
  </ViewTable>
)

const readings: Readonly<Record<string, string>> = {
  DISCOVERY: 'list of its places',
  ENROLLMENTS: 'enrollments',
}

interface SourceCellsProps {
  readonly row: SourceRow
  readonly limit: ReturnType<RateLimitOf>
  readonly receivedAt: number
}

function SourceCells({ row, limit, receivedAt }: SourceCellsProps) {
  const { kind, status, asOf, certificateCount, unreadableRows, error, place } = row
  const href = toCertificatesHref({ conditions: { placeIds: [place.id] } })
  const hasTrouble = error !== null || unreadableRows > 0
  const what = readings[kind]
  return (
    <>
      <tr class={hasTrouble ? 'followed' : ''}>
        <th scope="row">
          <a class="name" href={href}>
            {place.label}
          </a>
          <small>
            {toVendorName(place.provider)} {toPlaceKind(place)}
            {place.vendorId === place.label ? '' : ` ${place.vendorId}`}
            {what === undefined ? '' : ` · ${what}`}
          </small>
        </th>
        <td data-label="Status">
          <SourceBadge status={status} />
        </td>
        <td data-label="Read">{asOf === null ? <span class="muted">Not read</span> : <Age at={asOf} />}</td>
        <td data-label="Certificates">
          {certificateCount === null ? (
            <span class="muted">{kind === 'CERTIFICATES' ? 'Unknown' : '–'}</span>
          ) : (
            <a href={toCertificatesHref({ conditions: { placeIds: [place.id], includeDeleted: true } })}>
              {formatNumber(certificateCount)}
            </a>
          )}
        </td>
        <td data-label="Rate limit">
          <RateLimitCell limit={limit} />
        </td>
        <td data-label="Circuit">
          {place.circuitOpen ? (
            <Mark tone="expired" icon="offline" text="Open" />
          ) : (
            <Mark tone="ok" icon="check" text="Closed" />
          )}
        </td>
      </tr>
      {hasTrouble ? (
        <tr class="trouble">
          <td colSpan={columns.length}>
            {error === null ? null : (
              <SourceTrouble error={error} receivedAt={receivedAt} isStale={status === 'STALE'} />
            )}
            {unreadableRows === 0 ? null : (
              <p>
                <strong>{formatCount(unreadableRows, 'row')} cannot be read:</strong> not an object, without an id, or
                with the id of another row. The list is incomplete. Report it to the vendor.
              </p>
            )}
          </td>
        </tr>
      ) : null}
    </>
  )
}

/** It has two lines in every case: it is loaded after the row. */
function RateLimitCell({ limit }: Pick<SourceCellsProps, 'limit'>) {
  if (!limit)
    return (
      <>
        {limit === undefined ? <span class="skeleton">Loading</span> : <span class="muted">None known</span>}
        <small>{'\u00a0'}</small>
      </>
    )
  const { remaining, resetAt, waiting } = limit
  return (
    <>
      <span>
        {formatNumber(remaining)} of {formatNumber(limit.limit)}
      </span>
      <small>
        {waiting === 0 ? '' : `${formatCount(waiting, 'call')} waiting `}
        {resetAt === null ? '\u00a0' : <ResetTime at={resetAt} />}
      </small>
    </>
  )
}

/** When the limit allows more calls. It is seconds away, and passes before the next answer. */
function ResetTime({ at }: { readonly at: string }) {
  const time = Date.parse(at)
  const text = useStore(useClock(), (now) => formatReset(time, now))
  return (
    <time dateTime={at} title={formatExactTime(time)}>
      {text}
    </time>
  )
}

interface SourceTroubleProps {
  readonly error: NonNullable<SourceRow['error']>
  readonly receivedAt: number
  readonly isStale: boolean
}

/** Why a source could not be read, and what to do. */
function SourceTrouble({ error, receivedAt, isStale }: SourceTroubleProps) {
  const { code, message, httpStatus, retryAfterSeconds } = error
  return (
    <>
      <p>
        <strong>{message}</strong>
      </p>
      <p>
        {isStale ? 'The views show the last reading. ' : 'The views have no certificates of it. '}
        {toAdvice(code)}
      </p>
      <p class="muted">
        <code>{code}</code>
        <CopyButton text={`${code}: ${message}`} what="the error" />
        {httpStatus === null ? ' · no answer' : ` · HTTP ${httpStatus}`}
        {retryAfterSeconds === null ? null : (
          <>
            {' · next attempt '}
            <RelativeTime at={new Date(receivedAt + retryAfterSeconds * 1_000).toISOString()} />
          </>
        )}
      </p>
    </>
  )
}
