import type { ExpiryStatus } from '../generated/graphql.ts'
import { expiryStatuses } from '../vocabulary.ts'
import { Icon } from './icon.tsx'

/** An expiry status as an icon, a word and a color. */
export function StatusBadge({ status }: { readonly status: ExpiryStatus }) {
  const { word, tone } = expiryStatuses[status]
  return (
    <span class="badge" data-tone={tone}>
      <Icon name={tone} />
      {word}
    </span>
  )
}
