export interface AkamaiSandboxState {
  readonly accounts: Account[]
}

/** The data that an API client can access, with or without a switch key. Rate limits are per account. */
export interface Account {
  readonly id: string
  name: string
  clientToken: string
  clientSecret: string
  accessToken: string
  accountSwitchKey: string | null
  readonly contracts: Contract[]
  /** The accounts that its client may act for. */
  readonly switchKeys: SwitchKey[]
}

/** As in the response. */
export interface SwitchKey {
  readonly accountName: string
  readonly accountSwitchKey: string
}

export interface Contract {
  readonly id: string
  /** Contracts with a parent are listed for `depth=ALL` only. */
  readonly parent: string | null
  readonly enrollments: Enrollment[]
}

/** Rows are immutable because their JSON is cached. To change one, replace it. */
export interface Enrollment {
  readonly id: number
  readonly certificateType: 'san' | 'single' | 'third-party' | 'wildcard' | 'wildcard-san'
  readonly registrationAuthority: 'lets-encrypt' | 'symantec' | 'third-party'
  readonly validationType: 'dv' | 'ev' | 'ov' | 'third-party'
  readonly autoRenewalStartTime: string | null
  readonly commonName: string
  readonly subjectAltNames: readonly string[] | null
  readonly multiStacked: boolean
  readonly slots: readonly number[] | null
  readonly pendingChanges: readonly PendingChange[] | null
  /** The configuration of the next deployment. */
  readonly network: NetworkConfiguration
  readonly clientAuthentication: ClientAuthentication | null
  readonly production: Deployment | null
  readonly staging: Deployment | null
}

export interface ClientAuthentication {
  readonly setId: string
  readonly ocsp: boolean
  readonly sendCaList: boolean
}

export interface PendingChange {
  readonly id: number
  readonly type: 'modify-certificate' | 'modify-san' | 'new-certificate' | 'renewal' | null
}

export interface Deployment {
  readonly primary: DeployedCertificate
  readonly multiStacked: readonly DeployedCertificate[]
  readonly dnsNames: readonly string[] | null
  readonly network: NetworkConfiguration
}

/** Texts are as in the response. */
export interface DeployedCertificate {
  /** The Z at the end may be in lower case. */
  readonly expiry: string
  readonly issuer: string
  readonly keyAlgorithm: 'ECDSA' | 'RSA'
  readonly signatureAlgorithm: string | null
  /** Pairs of lower-case hex digits, with colons. */
  readonly serial: string | null
  /** Pairs of upper-case hex digits, with colons. */
  readonly sha256Fingerprint: string
  /** Created on first use, because there may be many certificates. */
  readonly pem: () => string
  /** PEM of its issuers, the root last. */
  readonly trustChain: string | null
}

/** As in the response, without the DNS names. */
export interface NetworkConfiguration {
  readonly geography: 'china+core' | 'core' | 'russia+core'
  readonly secureNetwork: 'enhanced-tls' | 'standard-tls'
  readonly mustHaveCiphers: string
  readonly preferredCiphers: string
  readonly disallowedTlsVersions: readonly string[]
  readonly ocspStapling: 'not-set' | 'off' | 'on'
  readonly quicEnabled: boolean
  readonly sniOnly: boolean
  readonly fipsMode: boolean
}
