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

type ExpiryStatus = 'CRITICAL' | 'EXPIRED' | 'OK' | 'UNKNOWN' | 'WARNING'

/** A certificate as the operation selects it. */
export interface CheckedCertificate {
  readonly id: string
  readonly provider: string
  readonly name: string | null
  readonly expiresAt: string | null
  readonly expiryStatus: ExpiryStatus
  readonly place: { readonly id: string; readonly vendorId: string; readonly label: string }
  /** By the rules of the configuration; null when none matches. */
  readonly owner: { readonly name: string } | null
}

/** The report on one reading. */
export interface CheckedSource {
  readonly kind: string
  readonly status: 'FAILED' | 'OK' | 'STALE'
  readonly asOf: string | null
  readonly unreadableRows: number
  readonly place: {
    readonly id: string
    readonly provider: string
    readonly vendorId: string
    readonly label: string
  }
  readonly error: { readonly code: string; readonly message: string; readonly httpStatus: number | null } | null
}

interface Report {
  readonly complete: boolean
  readonly incompleteReasons: readonly string[]
  readonly sources: readonly CheckedSource[]
}

export interface CertificatesPage extends Report {
  readonly nodes: readonly CheckedCertificate[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

export interface CertificatesTotal extends Report {
  readonly total: number
}
