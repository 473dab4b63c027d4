import { toCertificatesHref } from '../certificate-query.ts'
import { formatDuration, formatNumber } from '../format.ts'
import type { OverviewQuery } from '../generated/graphql.ts'
import type { Tone } from '../vocabulary.ts'
import { Icon, type IconName } from './icon.tsx'

/** The time within which a certificate without a replacement is counted. */
export const uncoveredWithin = 'P30D'

/** Null while it is loaded; undefined when it could not be. */
export type Count = number | null | undefined

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
  const countOf = (status: string) =>
    statistics === null ? null : (statistics.byExpiryStatus.find(({ key }) => key === status)?.count ?? 0)
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
      note: `no replacement in ${formatDuration(uncoveredWithin)}`,
      href: toCertificatesHref({ conditions: { expiringUncovered: uncoveredWithin } }),
      count: uncovered,
    },
    {
      label: 'Unowned',
      icon: 'user',
      tone: 'unknown',
      note: 'without an owner',
      href: toCertificatesHref({ conditions: { unowned: true } }),
      count: unowned,
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
  return (
    <a class="tile" href={href} data-tone={count ? tone : undefined}>
      <span class="label">
        <Icon name={icon} />
        {label}
      </span>
      <span class="number">
        {count === null ? <span class="skeleton">0</span> : count === undefined ? '–' : formatNumber(count)}
      </span>
      <span class="note">{count === undefined ? 'could not be counted' : note}</span>
    </a>
  )
}
