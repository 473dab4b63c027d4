export interface LivePersonSandboxState {
  /** What the lookup of one service answers: both forms are documented for it. */
  domainShape: 'list' | 'single'
  /** Whether a token comes with `expires_in`. The vendor's own sample has none, the token's `exp` must do. */
  expiresInStated: boolean
  /** Seconds that a new token lasts. */
  tokenLifetime: number
  readonly accounts: Account[]
}

export interface Account {
  readonly id: string
  name: string
  client: { readonly clientId: string; readonly clientSecret: string } | null
  /** The bearer tokens that are good for this account, also those given out. */
  tokens: Token[]
  readonly certificates: Certificate[]
}

interface Token {
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null
}

export interface Certificate {
  /** Decimal digits, sent as a JSON number however many they are. */
  readonly id: string
  name: string
  displayName: string
  deleted: boolean
  status: string
  expirationDate: string | null
}
