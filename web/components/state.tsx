import type { CombinedError } from '@urql/core'
import type { ComponentChildren } from 'preact'
import { toProblem } from '../problem.ts'
import type { Tone } from '../vocabulary.ts'
import { CopyButton } from './copy-button.tsx'
import { Icon, type IconName } from './icon.tsx'
import { ReloadButton } from './reload-button.tsx'

interface StateProps {
  readonly icon: IconName
  readonly tone?: Tone
  readonly title: string
  readonly children?: ComponentChildren
  readonly actions?: ComponentChildren
}

/** What a view shows in place of its data. */
export function State({ icon, tone, title, children, actions }: StateProps) {
  return (
    <div class="card state" data-tone={tone}>
      <Icon name={icon} />
      <h2>{title}</h2>
      {children === undefined ? null : <p>{children}</p>}
      {actions === undefined ? null : <div class="actions">{actions}</div>}
    </div>
  )
}

interface ErrorStateProps {
  readonly error: CombinedError
  readonly onRetry: () => void
}

/** An answer that is missing, with the reason. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const { title, detail, requestId, needsReload } = toProblem(error)
  return (
    <div role="alert">
      <State
        icon="expired"
        tone="expired"
        title={title}
        actions={
          needsReload ? (
            <ReloadButton class="button" />
          ) : (
            <button type="button" class="button" onClick={onRetry}>
              Try again
            </button>
          )
        }
      >
        {detail}
        {requestId === null ? null : (
          <span class="request">
            <span class="mono">Request {requestId}</span>
            <CopyButton text={requestId} what="the id of the request" />
          </span>
        )}
      </State>
    </div>
  )
}
