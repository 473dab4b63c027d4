import { useClient } from '@urql/preact'
import { useEffect, useState } from 'preact/hooks'
import { type History, type HistoryPage, toHistory } from './certificate-history.ts'
import { CertificateHistoryDocument } from './generated/graphql.ts'
import { toPersistedDocument } from './persisted-document.ts'
import { type Answer, useAnswer } from './use-answer.ts'

const certificateHistory = toPersistedDocument(CertificateHistoryDocument)

/** How many older pages are looked through at once. */
const pagesAtOnce = 5

export interface HistoryAnswer {
  readonly history: History | null
  readonly error: Answer<unknown>['error']
  readonly isLooking: boolean
  /** Looks through older changes. */
  readonly lookFurther: () => void
  readonly refresh: () => void
}

/** The history of a certificate, found in the changes of its places: of all places when these are not known. */
export function useHistory(id: string, placeIds: readonly string[] | null, pause: boolean): HistoryAnswer {
  const client = useClient()
  const variables = placeIds === null ? {} : { placeIds: [...placeIds] }
  const answer = useAnswer({ query: certificateHistory, variables, pause })
  const [older, setOlder] = useState<readonly HistoryPage[]>([])
  const [wanted, setWanted] = useState(0)
  const [failure, setFailure] = useState<Answer<unknown>['error']>(null)
  const newest = answer.data?.certificateChanges
  const history = newest ? toHistory([newest, ...older], id) : null
  const next = history?.next ?? null
  const isLooking = wanted > 0 && next !== null
  useEffect(() => {
    if (!isLooking) return
    const { unsubscribe } = client
      .query(certificateHistory, { ...variables, after: next }, { requestPolicy: 'network-only' })
      .subscribe(({ data, error }) => {
        const page = data?.certificateChanges
        setFailure(error ?? null)
        setWanted(page ? wanted - 1 : 0)
        if (page) setOlder([...older, page])
      })
    return unsubscribe
  }, [isLooking, next])
  return {
    history,
    error: answer.error ?? failure,
    isLooking,
    lookFurther: () => setWanted(pagesAtOnce),
    refresh: answer.refresh,
  }
}
