import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core'
import { useQuery } from '@urql/preact'
import { useEffect, useRef } from 'preact/hooks'
import { readTime } from './clock.ts'
import { useSession } from './page-context.ts'
import { useStore } from './store.ts'

/** What a view shows: the last answer, however old, and what is wrong with the last attempt. */
export interface Answer<Data> {
  readonly data: Data | null
  /** When the answer was received, by the clock of the server. */
  readonly receivedAt: number | null
  /** Since when it is wanted: an earlier answer from the cache is not a lost connection. */
  readonly openedAt: number
  /** Whether the answer is to the present variables, and not to earlier ones. */
  readonly isCurrent: boolean
  readonly isFetching: boolean
  /** Whether the last answer says that what was selected does not exist. */
  readonly isMissing: boolean
  /** Why the last attempt failed, wholly or in part. */
  readonly error: CombinedError | null
  readonly refresh: () => void
}

interface AnswerOptions<Data, Variables extends AnyVariables> {
  readonly query: TypedDocumentNode<Data, Variables>
  readonly variables: Variables
  readonly pause?: boolean
}

interface Received<Data> {
  readonly data: Data
  readonly at: number
  readonly variables: string
}

const refreshInterval = 60_000
const retryInterval = 15_000
/** Focus and visibility change together. */
const leastInterval = 5_000

/** Loads the answer to a query, and again every minute. */
export function useAnswer<Data, Variables extends AnyVariables>({
  query,
  variables,
  pause = false,
}: AnswerOptions<Data, Variables>): Answer<Data> {
  const [result, execute] = useQuery<Data, Variables>({ query, variables, pause } as Parameters<
    typeof useQuery<Data, Variables>
  >[0])
  const received = useRef<Received<Data> | null>(null)
  const wanted = JSON.stringify(variables)
  const opened = useRef({ variables: wanted, at: readTime() })
  if (opened.current.variables !== wanted) opened.current = { variables: wanted, at: readTime() }
  const clockOffset = useStore(useSession(), (session) => session.clockOffset)
  const answered = JSON.stringify(result.operation?.variables)
  const attemptedAt = toTime(result.extensions?.['receivedAt'])
  const { data } = result
  if (attemptedAt !== null && isAnswer(data)) received.current = { data, at: attemptedAt, variables: answered }
  const refresh = () => execute({ requestPolicy: 'network-only' })

  const { fetching: isFetching } = result
  const hasFailed = result.error !== undefined
  useEffect(() => {
    if (pause || isFetching) return
    const startedAt = attemptedAt ?? readTime()
    const abort = new AbortController()
    const { signal } = abort
    const refreshUnlessNew = () => {
      if (document.visibilityState === 'visible' && readTime() - startedAt > leastInterval) refresh()
    }
    const wait = startedAt + (hasFailed ? retryInterval : refreshInterval) - readTime()
    const timer = setTimeout(refresh, Math.max(wait, leastInterval))
    document.addEventListener('visibilitychange', refreshUnlessNew, { signal })
    addEventListener('focus', refreshUnlessNew, { signal })
    addEventListener('online', refresh, { signal })
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [attemptedAt, hasFailed, isFetching, pause, wanted])

  const { current } = received
  return {
    data: current?.data ?? null,
    receivedAt: current ? current.at + clockOffset : null,
    openedAt: opened.current.at + clockOffset,
    isCurrent: current?.variables === wanted,
    isFetching: isFetching || result.stale,
    isMissing: !hasFailed && answered === wanted && isObject(data) && !isAnswer(data),
    error: answered === wanted ? (result.error ?? null) : null,
    refresh,
  }
}

/** An answer in which every root field is null is none: its errors say why. */
function isAnswer<Data>(data: Data | undefined): data is Data {
  return isObject(data) && Object.values(data).some((value) => value !== null)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const toTime = (value: unknown): number | null => (typeof value === 'number' ? value : null)
