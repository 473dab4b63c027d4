import type { CertificateChangeKind, ExpiryStatus } from '../generated/graphql.ts'
import { changeKinds, expiryStatuses, type Tone } from '../vocabulary.ts'
import { Icon, type IconName } from './icon.tsx'

interface ChangeBadgeProps {
  readonly change: { readonly kind: CertificateChangeKind; readonly expiryStatus: ExpiryStatus | null }
}

const looks = {
  APPEARED: { icon: 'plus', tone: 'unknown' },
  RENEWED: { icon: 'renew', tone: 'ok' },
  VANISHED: { icon: 'minus', tone: 'unknown' },
  ACTIVATED: { icon: 'check', tone: 'ok' },
  DEACTIVATED: { icon: 'close', tone: 'warning' },
  EXPIRING: { icon: 'warning', tone: 'warning' },
  EXPIRED: { icon: 'expired', tone: 'expired' },
} as const satisfies Record<CertificateChangeKind, { icon: IconName; tone: Tone }>

/** What happened, as an icon, a word and a color. */
export function ChangeBadge({ change: { kind, expiryStatus } }: ChangeBadgeProps) {
  const { icon, tone } = looks[kind]
  return (
    <span class="badge" data-tone={expiryStatus === null ? tone : expiryStatuses[expiryStatus].tone}>
      <Icon name={icon} />
      {changeKinds[kind]}
    </span>
  )
}
