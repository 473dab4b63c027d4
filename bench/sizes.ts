/** Milliseconds until a vendor responds. */
export const latency = 50

/** Accounts with far more data than the sandbox. */
export const sizes = {
  openai: { organizations: 1, certificatesPerOrganization: 50, projectsPerOrganization: 200 },
  akamai: { accounts: 1, contractsPerAccount: 100, enrollmentsPerContract: 500 },
  liveperson: { accounts: 500, certificatesPerAccount: 50 },
}
