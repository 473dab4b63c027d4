export interface AkamaiSandboxState {
  readonly accounts: Account[]
}

/** What one API client sees, by itself or under one switch key. It has a rate budget of its own. */
export interface Account {
  readonly id: string
  name: string
  clientToken: string
  clientSecret: string
  accessToken: string
  accountSwitchKey: string | null
  readonly contracts: Contract[]
  /** Whom its client may act for. */
  readonly switchKeys: SwitchKey[]
}

/** As on the wire. */
export interface SwitchKey {
  readonly accountName: string
  readonly accountSwitchKey: string
}

export interface Contract {
  readonly id: string
  /** Child contracts are listed only when all are asked for. */
  readonly parent: string | null
  readonly enrollments: Enrollment[]
}

/** A row is never changed, so that its text can be kept: put another in its place. */
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
  /** What is to be deployed next. */
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

/** The texts as on the wire. */
export interface DeployedCertificate {
  /** The closing Z has been seen in lower case. */
  readonly expiry: string
  readonly issuer: string
  readonly keyAlgorithm: 'ECDSA' | 'RSA'
  readonly signatureAlgorithm: string | null
  /** Pairs of lower-case hex digits, with colons. */
  readonly serial: string | null
  /** Pairs of upper-case hex digits, with colons. */
  readonly sha256Fingerprint: string
  /** Of many certificates it is made only when it is asked for. */
  readonly pem: () => string
  /** PEM of those above it, the root last. */
  readonly trustChain: string | null
}

/** As on the wire, but for the names. */
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
