import type { VendorQueries } from '../vendor-description.ts'

/** What GraphiQL opens with. */
export const akamaiQueries: VendorQueries = {
  queries: [
    `# Where is each certificate of an Akamai contract
# deployed? Shows the first contract of each account;
# akamaiContract(id: "...") returns any other.
query AkamaiDeployments {
  certificatePlaces(first: 20, providers: [AKAMAI]) {
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
  ],
}
