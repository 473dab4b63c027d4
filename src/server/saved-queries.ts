/** What a vendor adds to the queries. */
interface QueryParts {
  /** A selection on a certificate, in the first query. */
  readonly certificateSelection?: string
  /** Queries about this vendor. */
  readonly queries?: readonly string[]
}

/** The queries that GraphiQL opens as tabs. A tab has the name of its operation. */
export function createSavedQueries(vendors: readonly QueryParts[]): readonly string[] {
  const certificate = vendors
    .flatMap(({ certificateSelection }) => certificateSelection?.split('\n') ?? [])
    .map((line) => `      ${line}\n`)
    .join('')
  return [
    `# Which certificates expire first, over all vendors?
query SoonestExpiry {
  certificates(first: 20) {
    nodes {
      provider
      name
      place { label }
      expiresAt
      daysUntilExpiry
      expiryStatus
      active
${certificate}    }
    totalCount
    pageInfo { hasNextPage endCursor }
    complete
    fresh
    sources {
      place { provider label }
      kind
      status
      certificateCount
      error { code message }
    }
  }
}
`,
    `# What expires tonight, who owns it?
# The list begins with what has expired, and ends with what has no
# known date.
query ExpiringTonight {
  certificates(first: 50, filter: { expiresWithin: "P1D" }) {
    nodes {
      provider
      name
      expiresAt
      expiryStatus
      active
      owner { name contact runbookUrl }
      place { label }
    }
    totalCount
    complete
    incompleteReasons
    fresh
  }
}
`,
    `# What expires within 30 days, or has expired?
# Certificates without a known date come last.
query ExpiringWithin30Days {
  certificates(first: 100, filter: { expiresWithin: "P30D" }) {
    nodes {
      provider
      name
      place { label }
      expiresAt
      daysUntilExpiry
      expiryStatus
      active
    }
    totalCount
    complete
    fresh
  }
}
`,
    `# Which places exist, and could each be read?
query Places {
  certificatePlaces(first: 100) {
    nodes {
      __typename
      id
      provider
      vendorId
      label
      circuitOpen
      source {
        status
        asOf
        certificateCount
        unreadableRows
        error { code message httpStatus retryAfterSeconds }
      }
    }
    totalCount
    complete
  }
}
`,
    `# Data of at most one minute of age: older readings are
# refreshed first, within the vendors' rate limits.
query NoOlderThanAMinute {
  certificates(first: 20, maxStaleness: "PT1M") {
    nodes { provider name expiresAt asOf stale }
    complete
    fresh
    sources {
      place { provider label rateLimit { limit remaining resetAt waiting } }
      kind
      status
      asOf
      error { code message retryAfterSeconds }
    }
  }
}
`,
    `# How many are there, how many expire within 90 days
# without a replacement, and which are duplicates?
query InNumbers {
  all: certificateStatistics {
    total
    byProvider { key count }
    byExpiryStatus { key count }
    byExpiryMonth { key count }
    duplicates { sha256Fingerprint certificates { place { id label } } }
    complete
    fresh
  }
  uncovered: certificateStatistics(filter: { expiringUncovered: "P90D" }) {
    total
    byProvider { key count }
    complete
  }
}
`,
    `# Each change from now on, until you stop it. A place is compared
# only when it is read: set upstream.prefetch: true.
subscription ChangesAsTheyHappen {
  certificateChanged {
    id
    kind
    at
    name
    place { provider label }
    expiresAt
    expiryStatus
    actor
  }
}
`,
    ...vendors.flatMap(({ queries }) => queries ?? []),
  ]
}
