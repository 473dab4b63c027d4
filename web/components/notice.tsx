import type { ComponentChildren } from 'preact'
import type { Tone } from '../vocabulary.ts'
import { Icon, type IconName } from './icon.tsx'

interface NoticeProps {
  readonly tone: Tone
  readonly icon?: IconName
  readonly children: ComponentChildren
}

/** A remark on what a view shows. */
export function Notice({ tone, icon = 'critical', children }: NoticeProps) {
  return (
    <div class="notice" data-tone={tone}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  )
}
