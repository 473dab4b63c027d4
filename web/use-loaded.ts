import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core'
import { useQuery } from '@urql/preact'
import { useEffect, useRef } from 'preact/hooks'
import { useSession } from './page-context.ts'
import { useStore } from './store.ts'

/** A part of a view, which is loaded after it. */
export interface Loaded<Data> {
  /** The last answer, also after a later attempt has failed. */
  readonly data: Data | null
  /** When `data` was received, by the clock of the server. */
  readonly receivedAt: number | null
  readonly isFetching: boolean
  /** Why the answer is missing, wholly or in part. */
  readonly error: CombinedError | null
  readonly reload: () => void
}

interface LoadedOptions<Data, Variables extends AnyVariables> {
  readonly query: TypedDocumentNode<Data, Variables>
  readonly variables: Variables
  readonly pause?: boolean
  /** When the answer of the view was received. The part is loaded again after it. Without it, what was loaded never changes. */
  readonly follows?: number | null
}

/** A failing view is loaded more often than once a minute. Its parts may cost calls at a vendor. */
const leastAge = 30_000

/** Loads a part of a view, and again when the view is, unless it is new. */
export function useLoaded<Data, Variables extends AnyVariables>({
  follows = null,
  pause = false,
  ...query
}: LoadedOptions<Data, Variables>): Loaded<Data> {
  const [{ data, fetching, error, extensions }, execute] = useQuery<Data, Variables>({
    requestPolicy: 'cache-first',
    pause,
    ...query,
  } as Parameters<typeof useQuery<Data, Variables>>[0])
  const clockOffset = useStore(useSession(), (session) => session.clockOffset)
  const received = useRef<{ readonly data: Data; readonly at: number } | null>(null)
  const attemptedAt = Number(extensions?.['receivedAt'] ?? 0)
  if (data && Object.values(data).some((part) => part !== null)) received.current = { data, at: attemptedAt }
  const reload = () => execute({ requestPolicy: 'network-only' })
  const isOld = follows !== null && follows - clockOffset - attemptedAt > leastAge
  useEffect(() => {
    if (isOld && !pause && !fetching) reload()
  }, [follows, isOld, pause])
  const { current } = received
  return {
    data: current?.data ?? null,
    receivedAt: current ? current.at + clockOffset : null,
    isFetching: fetching,
    error: error ?? null,
    reload,
  }
}
