/** How an operation reports on what it read. */
const report = `
    complete
    incompleteReasons
    sources {
      kind
      status
      asOf
      unreadableRows
      place { id provider vendorId label }
      error { code message httpStatus }
    }`

/** One page of the certificates that pass a filter. */
export const certificatesOperation = `query CertgraphCheck($filter: CertificateFilter, $after: String) {
  certificates(first: 100, after: $after, filter: $filter) {
    nodes {
      id
      provider
      name
      expiresAt
      expiryStatus
      place { id vendorId label }
      owner { name }
    }
    pageInfo { hasNextPage endCursor }${report}
  }
}`

/** How many certificates pass a filter. */
export const totalOperation = `query CertgraphCheckTotal($filter: CertificateFilter) {
  certificateStatistics(filter: $filter) {
    total${report}
  }
}`

/** The operations of `certgraph check`. A server accepts them by hash, also where others have to be in its manifest. */
export const checkOperations: readonly string[] = [certificatesOperation, totalOperation]
