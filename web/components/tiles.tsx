import { toCertificatesHref } from '../certificate-query.ts'
import { type Count, isUnread, toCounted } from '../count.ts'
import { formatDuration, formatNumber } from '../format.ts'
import type { OverviewQuery } from '../generated/graphql.ts'
import type { Tone } from '../vocabulary.ts'
import { Icon, type IconName } from './icon.tsx'

/** The time within which a certificate without a replacement is counted. */
export const uncoveredWithin = 'P30D'

interface Tile {
  readonly label: string
  readonly icon: IconName
  readonly tone: Tone
  readonly note: string
  readonly href: string
  readonly count: Count
}

interface TilesProps {
  readonly statistics: NonNullable<OverviewQuery['certificateStatistics']> | null
  readonly uncovered: Count
  readonly unowned: Count
}

/** The numbers that matter, each with a link to the list that it counts. */
export function Tiles({ statistics, uncovered, unowned }: TilesProps) {
  const isFailed = statistics !== null && isUnread(statistics.sources, statistics.complete)
  const toKnown = (count: Count): Count => (isFailed ? { state: 'failed' } : count)
  const countOf = (status: string): Count =>
    statistics === null
      ? { state: 'loading' }
      : toKnown(toCounted(statistics.byExpiryStatus.find(({ key }) => key === status)?.count ?? 0, statistics))
  const tiles: readonly Tile[] = [
    {
      label: 'Expired',
      icon: 'expired',
      tone: 'expired',
      note: 'have ended',
      href: toCertificatesHref({ conditions: { expiryStatuses: ['EXPIRED'] } }),
      count: countOf('EXPIRED'),
    },
    {
      label: 'Critical',
      icon: 'critical',
      tone: 'critical',
      note: 'within the critical time',
      href: toCertificatesHref({ conditions: { expiryStatuses: ['CRITICAL'] } }),
      count: countOf('CRITICAL'),
    },
    {
      label: 'Warning',
      icon: 'warning',
      tone: 'warning',
      note: 'within the warning time',
      href: toCertificatesHref({ conditions: { expiryStatuses: ['WARNING'] } }),
      count: countOf('WARNING'),
    },
    {
      label: 'Unknown',
      icon: 'unknown',
      tone: 'unknown',
      note: 'without a readable date',
      href: toCertificatesHref({ conditions: { expiryStatuses: ['UNKNOWN'] } }),
      count: countOf('UNKNOWN'),
    },
    {
      label: 'Uncovered',
      icon: 'shield',
      tone: 'warning',
      note: `no renewal, end in ${formatDuration(uncoveredWithin)}`,
      href: toCertificatesHref({ conditions: { expiringUncovered: uncoveredWithin } }),
      count: toKnown(uncovered),
    },
    {
      label: 'Unowned',
      icon: 'user',
      tone: 'unknown',
      note: 'without an owner',
      href: toCertificatesHref({ conditions: { unowned: true } }),
      count: toKnown(unowned),
    },
  ]
  return (
    <ul class="tiles card" aria-label="Certificates that need attention">
      {tiles.map((tile) => (
        <li key={tile.label}>
          <TileLink {...tile} />
        </li>
      ))}
    </ul>
  )
}

function TileLink({ label, icon, tone, note, href, count }: Tile) {
  const isCounted = count.state === 'counted'
  const caveat = isCounted ? count.caveat : count.state === 'failed' ? 'could not be counted' : null
  return (
    <a
      class="tile"
      href={href}
      data-tone={isCounted && count.value > 0 ? tone : caveat === null ? undefined : 'unknown'}
    >
      <span class="label">
        <Icon name={icon} />
        {label}
      </span>
      <span class="number">
        {isCounted ? formatNumber(count.value) : count.state === 'failed' ? '–' : <span class="skeleton">0</span>}
      </span>
      <span class="note">{caveat ?? note}</span>
    </a>
  )
}
