import { Fragment } from 'preact'
import type { Verdict } from '../verdict.ts'
import { Icon, type IconName } from './icon.tsx'

const looks = {
  loading: { icon: 'warning', tone: 'unknown', word: '' },
  clear: { icon: 'ok', tone: 'ok', word: '' },
  trouble: { icon: 'critical', tone: 'expired', word: 'Needs attention: ' },
  disconnected: { icon: 'offline', tone: 'expired', word: '' },
} as const satisfies Record<Verdict['kind'], { icon: IconName; tone: string; word: string }>

/** The first line of the page. */
export function VerdictLine({ verdict: { kind, parts } }: { readonly verdict: Verdict }) {
  const { icon, tone, word } = looks[kind]
  return (
    <div class="verdict" data-tone={tone} data-kind={kind}>
      <span class="mark">
        <Icon name={icon} />
      </span>
      <h1 tabIndex={-1}>
        <span class="hidden">{word}</span>
        {kind === 'loading' ? <span class="skeleton">Loading</span> : null}
        {parts.map(({ topic, text, href, title }, index) => (
          <Fragment key={topic}>
            {index === 0 ? null : '; '}
            {href === undefined ? (
              <span title={title}>{text}</span>
            ) : (
              <a href={href} title={title}>
                {text}
              </a>
            )}
          </Fragment>
        ))}
      </h1>
    </div>
  )
}
