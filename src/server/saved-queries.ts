/** The tabs GraphiQL opens with, each named by its operation. */
export const SAVED_QUERIES: readonly string[] = [
  `# What runs out first, over all vendors?
# OpenAI's with the projects they are in force in.
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
  `# What runs out within 30 days, or already has?
# Unknown dates come last: they may be among them.
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
  `# Which places are there, and how did each reading go?
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
  `# How old may it be? What is older than a minute is
# read again first, as far as the vendor's limit goes.
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
# deployed? The first contract of each account;
# akamaiContract(id: "...") asks for any by its id.
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
  `# How many are there, what is nothing going to replace
# within 90 days, and what is held in several places?
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
  `# What would be switched off? Nothing is: it is a dry run.
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
