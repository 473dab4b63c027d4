import type { ComponentChildren } from 'preact'
import { toAutomaticNote } from '../certificate-coverage.ts'
import type { CertificateDetail } from '../certificate-effect.ts'
import type { Coverage } from '../certificate-row.ts'
import { formatDateTime } from '../format.ts'
import { useClock } from '../page-context.ts'
import { toRunbookHref } from '../runbook.ts'
import { useStore } from '../store.ts'
import { InForce, Mark, Replacement, StatusReason } from './certificate-cells.tsx'
import { CopyButton } from './copy-button.tsx'
import { Icon } from './icon.tsx'
import { StatusBadge } from './status-badge.tsx'
import { Age, DateText, RelativeTime } from './time.tsx'

interface CertificateSummaryProps {
  readonly certificate: CertificateDetail
  readonly coverage: Coverage | 'loading'
  /** When the automatic renewal of an enrollment starts. */
  readonly automaticFrom: string | null
}

/** The answers to the first questions of a reader: until when, who, and is it replaced? */
export function CertificateSummary({ certificate, coverage, automaticFrom }: CertificateSummaryProps) {
  const { expiresAt, expiryStatus, owner, asOf, stale } = certificate
  const runbook = toRunbookHref(owner?.runbookUrl)
  const note = useStore(useClock(), (now) => toReplacementNote(certificate, coverage, automaticFrom, now))
  return (
    <dl class="summary card">
      <Item name="Expires">
        {expiresAt === null ? (
          <span class="value">Unknown</span>
        ) : (
          <>
            <span class="value">
              <RelativeTime at={expiresAt} />
            </span>
            <small>
              <DateText at={expiresAt} format={formatDateTime} />
            </small>
          </>
        )}
      </Item>
      <Item name="Status">
        <StatusBadge status={expiryStatus} />
        <StatusReason row={certificate} />
      </Item>
      <Item name="Owner">
        {owner === null ? (
          <>
            <span class="muted">None</span>
            <small>No rule of the configuration assigns one</small>
          </>
        ) : (
          <>
            <strong>{owner.name}</strong>
            {owner.contact === null ? null : (
              <small>
                {owner.contact} <CopyButton text={owner.contact} what="the contact" />
              </small>
            )}
            {runbook === null ? null : (
              <a class="runbook" href={runbook} target="_blank" rel="noopener noreferrer">
                Runbook
                <Icon name="external" />
                <span class="hidden">(opens a new tab)</span>
              </a>
            )}
          </>
        )}
      </Item>
      <Item name="In force">
        <InForce row={certificate} />
        <small>{toForceNote(certificate)}</small>
      </Item>
      <Item name="Renewal">
        <Replacement coverage={coverage} />
        <small key={coverage}>{note}</small>
      </Item>
      <Item name="Read">
        <span>
          <Age at={asOf} />
        </span>
        {stale ? (
          <>
            <Mark tone="warning" icon="warning" text="Stale" />
            <small>It could not be read again</small>
          </>
        ) : (
          <small>from the vendor</small>
        )}
      </Item>
    </dl>
  )
}

function Item({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function toForceNote(certificate: CertificateDetail): string {
  switch (certificate.__typename) {
    case 'AkamaiCertificate':
      return certificate.active ? 'In production' : 'On the staging network only'
    case 'OpenAICertificate':
      return certificate.active ? 'For the organization and its projects' : 'For the organization; see the projects'
    case 'LivePersonCertificate':
      return `Status at LivePerson: ${certificate.vendorStatus ?? 'not reported'}`
    default:
      return ''
  }
}

function toReplacementNote(
  certificate: CertificateDetail,
  coverage: Coverage | 'loading',
  automaticFrom: string | null,
  now: number,
): string {
  if (certificate.__typename !== 'AkamaiCertificate')
    return coverage === 'covered' ? 'By a newer certificate' : coverage === 'not covered' ? 'No newer certificate' : ''
  const types = certificate.enrollment.pendingChanges.flatMap(({ changeType }) => changeType ?? [])
  if (types.length > 0) return `Pending at Akamai: ${types.join(', ')}`
  return automaticFrom === null ? 'No change is pending' : toAutomaticNote(Date.parse(automaticFrom), now, coverage)
}
