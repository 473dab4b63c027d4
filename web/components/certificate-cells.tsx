import { type CertificateRow, type Coverage, toStatusReason } from '../certificate-row.ts'
import { useClock } from '../page-context.ts'
import { useStore } from '../store.ts'
import { type Tone, toVendorName } from '../vocabulary.ts'
import { CertificateLink } from './certificate-link.tsx'
import { Icon, type IconName } from './icon.tsx'
import { StatusBadge } from './status-badge.tsx'
import { Age, DateText, RelativeTime } from './time.tsx'

interface CertificateCellsProps {
  readonly row: CertificateRow
  readonly coverage: Coverage | 'loading'
  readonly hasUploads: boolean
}

/** The cells of a certificate. `data-label` is the head of the column, for screens on which the row is a card. */
export function CertificateCells({ row, coverage, hasUploads }: CertificateCellsProps) {
  const { id, name, provider, place, owner, expiresAt, createdAt, asOf, stale } = row
  return (
    <>
      <th scope="row">
        <CertificateLink id={id} name={name} />
      </th>
      <td data-label="Vendor">{toVendorName(provider)}</td>
      <td data-label="Place">{place.label}</td>
      <td data-label="Owner" title={owner?.contact ?? undefined}>
        {owner === null ? <span class="muted">None</span> : owner.name}
      </td>
      <td data-label="Expires">
        {expiresAt === null ? (
          <span class="muted">Unknown</span>
        ) : (
          <>
            <DateText at={expiresAt} />
            <small>
              <RelativeTime at={expiresAt} />
            </small>
          </>
        )}
      </td>
      <td data-label="Status">
        <StatusBadge status={row.expiryStatus} />
        <StatusReason row={row} />
      </td>
      <td data-label="In force">
        <InForce row={row} />
      </td>
      <td data-label="Renewal">
        <Replacement coverage={coverage} />
      </td>
      <td data-label="Read">
        <Age at={asOf} />
        {stale ? <Mark tone="warning" icon="warning" text="Stale" /> : null}
      </td>
      {hasUploads ? (
        <td data-label="Uploaded">
          {createdAt === null ? <span class="muted">Unknown</span> : <DateText at={createdAt} />}
        </td>
      ) : null}
    </>
  )
}

export function StatusReason({ row }: { readonly row: CertificateRow }) {
  const reason = useStore(useClock(), (now) => toStatusReason(row, now))
  return <small>{reason}</small>
}

export function InForce({ row }: { readonly row: CertificateRow }) {
  if ('deleted' in row && row.deleted) return <Mark tone="unknown" icon="close" text="Deleted" />
  if (row.active === null) return <Mark tone="unknown" icon="unknown" text="Unknown" />
  return row.active ? <Mark tone="ok" icon="check" text="Yes" /> : <Mark tone="unknown" icon="close" text="No" />
}

export function Replacement({ coverage }: { readonly coverage: Coverage | 'loading' }) {
  switch (coverage) {
    case 'loading':
      return <span class="skeleton">Loading</span>
    case 'covered':
      return <Mark tone="ok" icon="check" text="Covered" />
    case 'not covered':
      return <span class="muted">None known</span>
    case 'unknown':
      return <Mark tone="unknown" icon="unknown" text="Unknown" />
  }
}

export function Mark({ tone, icon, text }: { readonly tone: Tone; readonly icon: IconName; readonly text: string }) {
  return (
    <span class="tone" data-tone={tone}>
      <Icon name={icon} />
      {text}
    </span>
  )
}
