import { type Caller, type Permission, permissions } from '../operation.ts'

/** What a request says about its caller. */
export interface Credentials {
  /** The header Authorization: a secret. */
  readonly authorization: string | null
  /** The token in the URL of a feed: a secret. Only the path of a feed gives it. It decides, whatever the header says. */
  readonly feedToken?: string
  /** The IP address of the client. */
  readonly address: string
}

/** Why a caller could not be authenticated. */
export interface Denial {
  /** The message for the caller. Contains nothing of the credential. */
  readonly message: string
  /** The reason for the log. */
  readonly reason: string
  /** Seconds until a retry with the same credential may succeed. Set only when the credential could not be checked. */
  readonly retryAfterSeconds?: number
}

export type Authenticate = (credentials: Credentials) => Promise<Caller | Denial>

const all: ReadonlySet<Permission> = new Set(permissions)

/** The caller of a request when access is public. */
export const anonymousCaller = ({ address }: Pick<Credentials, 'address'>): Caller => ({
  name: address,
  permissions: all,
  places: null,
  isIdentified: false,
})
