import { toCertificatesHref } from '../certificate-query.ts'
import { formatNumber } from '../format.ts'
import type { OverviewQuery } from '../generated/graphql.ts'
import { toVendorName } from '../vocabulary.ts'

interface VendorListProps {
  readonly vendors: NonNullable<OverviewQuery['certificateStatistics']>['byProvider']
}

/** How many certificates each vendor holds. */
export function VendorList({ vendors }: VendorListProps) {
  const most = Math.max(1, ...vendors.map(({ count }) => count))
  return (
    <ul class="vendors">
      {vendors.map(({ key, count }) => (
        <li key={key}>
          <a href={toCertificatesHref({ conditions: { providers: [key] } })}>
            <span>{toVendorName(key)}</span>
            <span class="number">{formatNumber(count)}</span>
            <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect class="track" width="100" height="4" />
              <rect width={(100 * count) / most} height="4" />
            </svg>
          </a>
        </li>
      ))}
    </ul>
  )
}
