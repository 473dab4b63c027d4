interface Size {
  /** The options of the vendor's emulator. */
  readonly scale: Readonly<Record<string, number>>
  /** The calls that the first page needs when nothing was read before, without calls for tokens. */
  readonly coldCalls: number
}

/** Milliseconds until a vendor responds. */
export const latency = 50

export const contracts = 100
const sites = 500

/** Accounts with far more data than the sandbox, by the vendor's key. Other vendors have the data of the sandbox. */
export const sizes: Readonly<Record<string, Size>> = {
  openai: {
    scale: { organizations: 1, certificatesPerOrganization: 50, projectsPerOrganization: 200 },
    coldCalls: 1,
  },
  akamai: {
    scale: { accounts: 1, contractsPerAccount: contracts, enrollmentsPerContract: 500 },
    coldCalls: 1 + contracts,
  },
  liveperson: { scale: { accounts: sites, certificatesPerAccount: 50 }, coldCalls: 2 * sites },
}

/** 500,000 certificates in 2,000 places. Most are of LivePerson, whose emulator needs least memory; one vendor's fit in its cache. */
export const largeSizes: Readonly<Record<string, Pick<Size, 'scale'>>> = {
  openai: { scale: { organizations: 1, certificatesPerOrganization: 50, projectsPerOrganization: 1 } },
  akamai: { scale: { accounts: 1, contractsPerAccount: 100, enrollmentsPerContract: 1_600 } },
  liveperson: { scale: { accounts: 1_900, certificatesPerAccount: 179 } },
}

/** 75,000 certificates. The rate limits are per account, and each account is small enough to be read at once. */
export const accountSizes: Readonly<Record<string, Pick<Size, 'scale'>>> = {
  openai: { scale: { organizations: 1, certificatesPerOrganization: 50, projectsPerOrganization: 5 } },
  akamai: { scale: { accounts: 20, contractsPerAccount: 5, enrollmentsPerContract: 500 } },
  liveperson: { scale: { accounts: sites, certificatesPerAccount: 50 } },
}

/** An account whose first page takes two rounds of calls: the contracts, and the list of each. */
export const chainSizes: Readonly<Record<string, Pick<Size, 'scale'>>> = {
  akamai: { scale: { accounts: 1, contractsPerAccount: 12, enrollmentsPerContract: 50 } },
}

/** Accounts for the measurements in which the emulators keep to their rate limits. */
export function smallSizes(contractsPerAccount: number): Readonly<Record<string, Pick<Size, 'scale'>>> {
  return {
    openai: { scale: { projectsPerOrganization: 5 } },
    akamai: { scale: { contractsPerAccount } },
    liveperson: { scale: { accounts: 5 } },
  }
}
