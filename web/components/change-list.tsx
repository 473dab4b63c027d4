import type { OverviewQuery } from '../generated/graphql.ts'
import { toCertificatePath } from '../routes.ts'
import { changeKinds, expiryStatuses, type Tone, toVendorName } from '../vocabulary.ts'
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
            <span class="badge" data-tone={toneOf(change)}>
              {changeKinds[change.kind]}
            </span>
            <span class="muted">
              <Age at={change.at} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  )
}

function toneOf({ kind, expiryStatus }: Change): Tone | undefined {
  if (kind === 'EXPIRED') return 'expired'
  if (kind === 'RENEWED') return 'ok'
  return expiryStatus === null ? undefined : expiryStatuses[expiryStatus].tone
}
