import { toCertificatesHref } from '../certificate-query.ts'
import { formatCount } from '../format.ts'
import { SameFingerprintDocument } from '../generated/graphql.ts'
import { toPersistedDocument } from '../persisted-document.ts'
import { useLoaded } from '../use-loaded.ts'
import { toPlaceName } from '../vocabulary.ts'
import { Card } from './card.tsx'
import { CertificateLink } from './certificate-link.tsx'
import { LoadedNote } from './loaded-note.tsx'
import { PartProblem } from './part-problem.tsx'
import { StatusBadge } from './status-badge.tsx'

interface ElsewhereProps {
  readonly id: string
  readonly typename: string
  /** Undefined while it is not known; null when the vendor does not report one. */
  readonly fingerprint: string | null | undefined
  /** When the answer of the view was received. */
  readonly follows: number | null
}

const sameFingerprint = toPersistedDocument(SameFingerprintDocument)

/** Where else the same X.509 certificate is. */
export function Elsewhere({ id, typename, fingerprint, follows }: ElsewhereProps) {
  const part = useLoaded({
    query: sameFingerprint,
    variables: { fingerprint: fingerprint ?? '' },
    pause: !fingerprint,
    follows,
  })
  const { data, error, reload } = part
  const list = data?.certificates
  const others = list?.nodes.filter((node) => node.id !== id) ?? []
  return (
    <Card
      title="The same certificate elsewhere"
      note={list ? <LoadedNote part={part} text={formatCount(others.length, 'other place')} /> : null}
    >
      {fingerprint ? null : (
        <p class="empty">
          {typename === 'LivePersonCertificate'
            ? 'LivePerson does not report a fingerprint: it cannot be compared.'
            : fingerprint === null
              ? 'It has no fingerprint that could be read.'
              : 'It is found by the fingerprint, which the X.509 details have.'}
        </p>
      )}
      {fingerprint && error ? <PartProblem error={error} what="The other places" onRetry={reload} /> : null}
      {fingerprint && !list && !error ? (
        <p class="empty">
          <span class="skeleton" />
        </p>
      ) : null}
      {list && others.length === 0 ? (
        <p class="empty">
          {list.complete && list.fresh
            ? 'No other place has a certificate with this fingerprint.'
            : 'None was found in what could be read.'}
        </p>
      ) : null}
      {others.length === 0 ? null : (
        <ul class="rows">
          {others.map(({ id: other, name, place, expiryStatus }) => (
            <li key={other}>
              <span class="grow">
                <CertificateLink id={other} name={name} />
                <span class="muted">{toPlaceName(place)}</span>
              </span>
              <span class="side">
                <StatusBadge status={expiryStatus} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {list && !list.complete ? (
        <ul class="empty">
          {list.incompleteReasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      ) : null}
      {fingerprint && others.length > 0 ? (
        <p class="empty">
          <a href={toCertificatesHref({ conditions: { sha256Fingerprint: fingerprint, includeDeleted: true } })}>
            Show all of them in the list
          </a>
        </p>
      ) : null}
    </Card>
  )
}
