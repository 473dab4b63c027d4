import type { SourceStatus } from '../generated/graphql.ts'
import { sourceStatuses } from '../vocabulary.ts'
import { Icon } from './icon.tsx'

/** The result of a reading as an icon, a word and a color. */
export function SourceBadge({ status }: { readonly status: SourceStatus }) {
  const { word, tone } = sourceStatuses[status]
  return (
    <span class="badge" data-tone={tone}>
      <Icon name={tone} />
      {word}
    </span>
  )
}
