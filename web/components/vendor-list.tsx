import { toCertificatesHref } from '../certificate-query.ts'
import { formatNumber } from '../format.ts'
import type { OverviewQuery } from '../generated/graphql.ts'
import { toSourcesHref } from '../sources-query.ts'
import { toVendorName } from '../vocabulary.ts'

type Statistics = NonNullable<OverviewQuery['certificateStatistics']>

/** How many certificates each vendor holds. A vendor of which nothing could be read has no number, and is not left out. */
export function VendorList({ byProvider, sources }: Pick<Statistics, 'byProvider' | 'sources'>) {
  const failing = new Set(sources.filter(({ status }) => status === 'FAILED').map(({ place }) => place.provider))
  const uncounted = [...failing].filter((provider) => byProvider.every(({ key }) => key !== provider))
  const most = Math.max(1, ...byProvider.map(({ count }) => count))
  return (
    <ul class="vendors">
      {byProvider.map(({ key, count }) => (
        <li key={key}>
          <a href={toCertificatesHref({ conditions: { providers: [key] } })}>
            <span>
              {toVendorName(key)}
              {failing.has(key) ? <small> · incomplete</small> : null}
            </span>
            <span class="number">{formatNumber(count)}</span>
            <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect class="track" width="100" height="4" />
              <rect width={(100 * count) / most} height="4" />
            </svg>
          </a>
        </li>
      ))}
      {uncounted.map((provider) => (
        <li key={provider}>
          <a href={toSourcesHref({ providers: [provider] })}>
            <span>
              {toVendorName(provider)}
              <small> · cannot be read</small>
            </span>
            <span class="number">–</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
