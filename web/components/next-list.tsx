import type { OverviewQuery } from '../generated/graphql.ts'
import { toVendorName } from '../vocabulary.ts'
import { CertificateLink } from './certificate-link.tsx'
import { StatusBadge } from './status-badge.tsx'
import { RelativeTime } from './time.tsx'

type Certificate = NonNullable<OverviewQuery['next']>['nodes'][number]

/** The certificates that expire next, soonest first. */
export function NextList({ certificates }: { readonly certificates: readonly Certificate[] }) {
  return (
    <ul class="rows">
      {certificates.map(({ id, name, provider, place, owner, expiresAt, expiryStatus }) => (
        <li key={id}>
          <span class="grow">
            <CertificateLink id={id} name={name} />
            <span class="muted">
              {toVendorName(provider)} · {place.label}
              {owner === null ? '' : ` · ${owner.name}`}
            </span>
          </span>
          <span class="side">
            <StatusBadge status={expiryStatus} />
            {expiresAt === null ? null : (
              <span class="muted">
                <RelativeTime at={expiresAt} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
