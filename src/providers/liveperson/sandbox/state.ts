export interface LivePersonSandboxState {
  /** The response to a lookup of one service: both forms are documented. */
  domainShape: 'list' | 'single'
  /** Whether a token response has `expires_in`. The documented sample lacks it, and has `exp` in the token only. */
  expiresInStated: boolean
  /** The lifetime of a new token, in seconds. */
  tokenLifetime: number
  readonly accounts: Account[]
}

export interface Account {
  readonly id: string
  name: string
  client: { readonly clientId: string; readonly clientSecret: string } | null
  /** The valid bearer tokens of this account. */
  tokens: Token[]
  readonly certificates: Certificate[]
}

interface Token {
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null
}

export interface Certificate {
  /** Decimal digits, sent as a JSON number of any length. */
  readonly id: string
  name: string
  displayName: string
  deleted: boolean
  status: string
  expirationDate: string | null
}
