import { useQuery } from '@urql/preact'
import { OverviewDocument } from './generated/graphql.ts'
import { toPersistedDocument } from './persisted-document.ts'

const overviewDocument = toPersistedDocument(OverviewDocument)

export function App() {
  const [{ data, error }] = useQuery({ query: overviewDocument })
  const statistics = data?.certificateStatistics
  if (error) return <p role="alert">{error.message}</p>
  if (!statistics) return <p aria-busy="true">Loading</p>
  return <p>{statistics.total} certificates</p>
}
