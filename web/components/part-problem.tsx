import type { CombinedError } from '@urql/core'
import { toProblem } from '../problem.ts'
import { Notice } from './notice.tsx'

interface PartProblemProps {
  readonly error: CombinedError
  readonly what: string
  readonly onRetry?: () => void
}

/** What could not be read of a part of the view. The rest of the view does not depend on it. */
export function PartProblem({ error, what, onRetry }: PartProblemProps) {
  const messages = [...new Set(error.graphQLErrors.map(({ message }) => message))]
  const { title, detail } = toProblem(error)
  return (
    <div class="part" role="status">
      <Notice tone="warning">
        <strong>{what} could not be read.</strong>{' '}
        {messages.length > 0 ? messages.slice(0, 3).join(' ') : `${title}: ${detail}`}{' '}
        {onRetry === undefined ? null : (
          <button type="button" class="link" onClick={onRetry}>
            Try again
          </button>
        )}
      </Notice>
    </div>
  )
}
