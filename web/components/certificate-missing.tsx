import { toShortText, toVisibleName } from '../certificate-name.ts'
import { formatMoment } from '../format.ts'
import { useClock, useSession } from '../page-context.ts'
import { certificatesPath, sourcesPath, toCertificatePath } from '../routes.ts'
import { useStore } from '../store.ts'
import type { HistoryAnswer } from '../use-history.ts'
import { toPlaceName } from '../vocabulary.ts'
import { State } from './state.tsx'

const allCertificates = (
  <a class="button" href={certificatesPath}>
    Show all certificates
  </a>
)

/** An address that has no id of a certificate. */
export function MalformedId({ detail }: { readonly detail: string }) {
  return (
    <State icon="unknown" title="This is not the address of a certificate" actions={allCertificates}>
      The link may have been shortened or mistyped. {detail}
    </State>
  )
}

/** A certificate that the server does not find: gone, never there, or in a place that the reader may not see. */
export function MissingCertificate({ answer: { history, isLooking, error } }: { readonly answer: HistoryAnswer }) {
  const now = useStore(useClock())
  const hasKey = useStore(useSession(), ({ key }) => key !== null)
  const vanished = history?.vanished
  const successor = history?.successor
  if (vanished)
    return (
      <State
        icon="minus"
        title={`${toShortText(toVisibleName(vanished.name) ?? 'This certificate')} has been gone since ${formatMoment(Date.parse(vanished.at), now)}`}
        actions={
          <>
            {successor ? (
              <a class="button primary" href={toCertificatePath(successor.certificateId)}>
                Show the certificate that replaced it
              </a>
            ) : null}
            {allCertificates}
          </>
        }
      >
        {toPlaceName(vanished.place)} does not list it any more.
        {successor ? '' : ' No certificate is known to have replaced it.'}
      </State>
    )
  if (history === null && error === null)
    return (
      <State icon="search" title="This certificate is not in the list of its place">
        Looking for it in the history…
      </State>
    )
  return (
    <State
      icon="unknown"
      title="There is no such certificate"
      actions={
        <>
          {allCertificates}
          <a class="button" href={sourcesPath}>
            Show the sources
          </a>
        </>
      }
    >
      {hasKey
        ? 'It does not exist, its place is not configured, or your key may not see its place. A key with more places may find it.'
        : 'It does not exist, or its place is not configured any more.'}{' '}
      {isLooking ? 'Looking through older changes…' : 'The history has no change of it.'}
    </State>
  )
}
