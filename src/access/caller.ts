import { type Caller, type Permission, permissions } from '../operation.ts'

/** What a request shows of who sent it. */
export interface Presented {
  /** Its Authorization header: a secret. */
  readonly authorization: string | null
  /** Where it came from. */
  readonly address: string
}

/** Why nobody could be made out. */
export interface Denial {
  /** For the caller; repeats nothing of what was presented. */
  readonly message: string
  /** For the log: which check failed. */
  readonly reason: string
  /** Seconds until it may be tried again with the same credential, when that was not found wanting. */
  readonly retryAfterSeconds?: number
}

/** Makes out who sent a request. */
export type Authenticate = (presented: Presented) => Promise<Caller | Denial>

const all: ReadonlySet<Permission> = new Set(permissions)

/** Whoever reaches the API where nobody has to show who they are. */
export const anybody = ({ address }: Pick<Presented, 'address'>): Caller => ({
  name: address,
  permissions: all,
  places: null,
  isIdentified: false,
})
