import type { VendorQueries } from '../vendor-description.ts'

/** What GraphiQL opens with. */
export const openAIQueries: VendorQueries = {
  certificateSelection: `... on OpenAICertificate {
  projects(first: 5, active: true) {
    edges { active node { name } }
  }
}`,
  queries: [
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
  ],
}
