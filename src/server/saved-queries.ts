/** The queries that GraphiQL opens as tabs. A tab has the name of its operation. */
export const savedQueries: readonly string[] = [
  `# Which certificates expire first, over all vendors?
# OpenAI's include the projects where they are active.
query SoonestExpiry {
  certificates(first: 20) {
    nodes {
      provider
      name
      scope { name ... on AkamaiContract { contractId } }
      expiresAt
      daysUntilExpiry
      expiryStatus
      active
      ... on OpenAICertificate {
        projects(first: 5, active: true) {
          edges { active node { name } }
        }
      }
    }
    totalCount
    pageInfo { hasNextPage endCursor }
    complete
    fresh
    sources {
      scope { provider name ... on AkamaiContract { contractId } }
      kind
      status
      certificateCount
      error { code message }
    }
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
      scope { name ... on AkamaiContract { contractId } }
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
  scopes(first: 100) {
    nodes {
      __typename
      id
      provider
      name
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
      scope { provider name }
      kind
      status
      asOf
      rateBudget { limit remaining resetAt waiting }
      error { code message retryAfterSeconds }
    }
  }
}
`,
  `# Where is each certificate of an Akamai contract
# deployed? Shows the first contract of each account;
# akamaiContract(id: "...") returns any other.
query AkamaiDeployments {
  scopes(first: 20, providers: [AKAMAI]) {
    nodes {
      ... on AkamaiAccount {
        accountId
        name
        contracts(first: 1) {
          nodes {
            contractId
            certificates(first: 20) {
              nodes {
                commonName
                expiresAt
                renewalPending
                deployments {
                  network
                  role
                  dnsNames
                  sniOnly
                  disallowedTlsVersions
                }
              }
            }
          }
        }
      }
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
    duplicates { sha256Fingerprint certificates { scope { id name } } }
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
  `# What would be deactivated? A dry run changes nothing.
mutation TryDeactivating {
  deactivateOpenAICertificates(
    input: {
      organizationId: "org_bluequay"
      certificateIds: ["cert_987acdc4f04931c472"]
      dryRun: true
    }
  ) {
    ... on DeactivateOpenAICertificatesSuccess {
      dryRun
      certificates { name active organization { name } }
    }
    ... on CertificateMutationError { code message }
  }
}
`,
]
