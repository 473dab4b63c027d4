import type { OverviewQuery } from '../generated/graphql.ts'
import { toVendorName } from '../vocabulary.ts'
import { CertificateLink } from './certificate-link.tsx'
import { ChangeBadge } from './change-badge.tsx'
import { Age } from './time.tsx'

type Change = NonNullable<OverviewQuery['certificateChanges']>['nodes'][number]

/** The latest changes, newest first. */
export function ChangeList({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <ul class="rows">
      {changes.map((change) => (
        <li key={change.id}>
          <span class="grow">
            <CertificateLink id={change.certificateId} name={change.name} />
            <span class="muted">
              {toVendorName(change.place.provider)} · {change.place.label}
            </span>
          </span>
          <span class="side">
            <ChangeBadge change={change} />
            <span class="muted">
              <Age at={change.at} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  )
}
