import { sourcesPath } from '../routes.ts'
import { Notice } from './notice.tsx'

interface CompletenessProps {
  readonly complete: boolean
  readonly fresh: boolean
  readonly reasons: readonly string[]
}

/** Says when a list cannot be trusted, and why. */
export function Completeness({ complete, fresh, reasons }: CompletenessProps) {
  if (complete && fresh) return null
  return (
    <Notice tone={complete ? 'warning' : 'expired'}>
      <strong>{complete ? 'Some of this data is old.' : 'This list is incomplete.'}</strong>{' '}
      <a href={sourcesPath}>Show the sources</a>
      {reasons.length === 0 ? null : (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}
