import { formatNumber } from '../format.ts'
import type { HistoryAnswer } from '../use-history.ts'
import { toPlaceName } from '../vocabulary.ts'
import { Card } from './card.tsx'
import { CertificateLink } from './certificate-link.tsx'
import { ChangeBadge } from './change-badge.tsx'
import { ChangeDetails } from './change-table.tsx'
import { PartProblem } from './part-problem.tsx'
import { RecordedSince } from './recorded-since.tsx'
import { Age } from './time.tsx'

interface CertificateHistoryProps {
  readonly id: string
  readonly answer: HistoryAnswer
}

/** What is recorded about a certificate, newest first. */
export function CertificateHistory({
  id,
  answer: { history, error, isLooking, lookFurther, refresh },
}: CertificateHistoryProps) {
  return (
    <Card title="History">
      {error === null ? null : <PartProblem error={error} what="The history" onRetry={refresh} />}
      {history === null && error === null ? (
        <p class="empty">
          <span class="skeleton" />
        </p>
      ) : null}
      {history === null ? null : (
        <>
          <ol class="rows">
            {history.changes.map((change) => (
              <li key={change.id}>
                <span class="grow">
                  <span class="what">
                    <ChangeBadge change={change} />
                    {change.certificateId === id ? (
                      <ChangeDetails change={change} />
                    ) : (
                      <span>
                        Replaced by <CertificateLink id={change.certificateId} name={change.name} />
                      </span>
                    )}
                  </span>
                  <span class="muted">{toPlaceName(change.place)}</span>
                </span>
                <span class="side muted">
                  <Age at={change.at} />
                </span>
              </li>
            ))}
          </ol>
          <div class="empty">
            <p>
              {history.changes.length === 0 ? <strong>No change of it is recorded. </strong> : null}
              <RecordedSince at={history.recordedSince} />
            </p>
            {history.next === null ? null : (
              <p>
                The newest {formatNumber(history.looked)} changes of its places were looked through.{' '}
                <button type="button" class="link" onClick={lookFurther} aria-disabled={isLooking}>
                  {isLooking ? 'Looking…' : 'Look further back'}
                </button>
              </p>
            )}
          </div>
        </>
      )}
    </Card>
  )
}
