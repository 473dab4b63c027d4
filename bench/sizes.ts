/** Milliseconds that a vendor takes to answer. */
export const latency = 50

/** Accounts far larger than the sandbox. */
export const sizes = {
  openai: { organizations: 1, certificatesPerOrganization: 50, projectsPerOrganization: 200 },
  akamai: { accounts: 1, contractsPerAccount: 100, enrollmentsPerContract: 500 },
  liveperson: { accounts: 500, certificatesPerAccount: 50 },
}
