import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core'
import { useQuery } from '@urql/preact'

/** What is loaded once, and again only when the reader says so: it may cost calls at a vendor. */
export interface Loaded<Data> {
  readonly data: Data | null
  readonly isFetching: boolean
  /** Why the answer is missing, wholly or in part. */
  readonly error: CombinedError | null
  readonly reload: () => void
}

interface LoadedOptions<Data, Variables extends AnyVariables> {
  readonly query: TypedDocumentNode<Data, Variables>
  readonly variables: Variables
  readonly pause?: boolean
}

export function useLoaded<Data, Variables extends AnyVariables>(options: LoadedOptions<Data, Variables>): Loaded<Data> {
  const [{ data, fetching, error }, execute] = useQuery<Data, Variables>({
    requestPolicy: 'cache-first',
    ...options,
  } as Parameters<typeof useQuery<Data, Variables>>[0])
  return {
    data: data ?? null,
    isFetching: fetching,
    error: error ?? null,
    reload: () => execute({ requestPolicy: 'network-only' }),
  }
}
