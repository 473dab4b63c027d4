import { formatCount, formatMonth, formatMonthName, formatNumber } from '../format.ts'
import type { OverviewQuery } from '../generated/graphql.ts'
import { toMonthHref } from '../month-links.ts'

type Month = NonNullable<OverviewQuery['certificateStatistics']>['byExpiryMonth'][number]

const height = 120
const timeOf = ({ key }: Month) => Date.parse(`${key}T00:00:00Z`)
const toText = (month: Month) => `${formatMonth(timeOf(month))}: ${formatCount(month.count, 'certificate')}`

/** How many certificates expire in each of the next months. The bars are links; the table says the same to screen readers. */
export function Timeline({ months }: { readonly months: readonly Month[] }) {
  const most = Math.max(1, ...months.map(({ count }) => count))
  return (
    <figure class="timeline">
      <ol>
        {months.map((month, index) => (
          <li key={month.key}>
            <a href={toMonthHref(month.key)} title={toText(month)}>
              <span class="hidden">{toText(month)}</span>
              <span class="amount" aria-hidden="true">
                {month.count === 0 ? '' : formatNumber(month.count)}
              </span>
              <Bar share={month.count / most} />
              <span class="month" aria-hidden="true">
                {formatMonthName(timeOf(month))}
              </span>
              <span class="year" aria-hidden="true">
                {index === 0 || month.key.endsWith('-01-01') ? month.key.slice(0, 4) : ''}
              </span>
            </a>
          </li>
        ))}
      </ol>
      <div class="hidden">
        <table>
          <caption>Certificates by the month of their expiry, in UTC</caption>
          <thead>
            <tr>
              <th>Month</th>
              <th>Certificates</th>
            </tr>
          </thead>
          <tbody>
            {months.map((month) => (
              <tr key={month.key}>
                <th scope="row">{formatMonth(timeOf(month))}</th>
                <td>{formatNumber(month.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

/** A bar from the bottom. A month with a single certificate among thousands still has one. */
function Bar({ share }: { readonly share: number }) {
  const length = share === 0 ? 2 : Math.max(4, share * height)
  return (
    <svg viewBox={`0 0 10 ${height}`} preserveAspectRatio="none" aria-hidden="true" class={share === 0 ? 'none' : ''}>
      <rect x="0" y={height - length} width="10" height={length} />
    </svg>
  )
}
