import type { OverviewQuery } from '../generated/graphql.ts'
import { toCertificatePath } from '../routes.ts'
import { toVendorName } from '../vocabulary.ts'
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
            <a class="name" href={toCertificatePath(id)}>
              {name ?? 'Unnamed certificate'}
            </a>
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
