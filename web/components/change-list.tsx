import type { OverviewQuery } from '../generated/graphql.ts'
import { toCertificatePath } from '../routes.ts'
import { toVendorName } from '../vocabulary.ts'
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
            <a class="name" href={toCertificatePath(change.certificateId)}>
              {change.name ?? 'Unnamed certificate'}
            </a>
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
