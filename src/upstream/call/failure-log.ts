import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { UpstreamError } from '../error.ts'
import type { NamedApi } from './vendor-api.ts'

interface LoggedFailure {
  readonly resource: string
  readonly reason: string
  /** It is our own rate limit, and not a failure of the vendor. */
  readonly isLimit: boolean
  /** Monotonic time. */
  readonly at: number
}

const maxCalls = 1_000
/** A call that is not made again for this long no longer counts as failing: each probe of a vendor that is down comes earlier. */
const maxAge = 600_000

/** Logs when the calls of an account begin to fail for a reason, and when all of them succeed again. */
export class FailureLog {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #api: NamedApi
  /**
   * The last failure of each call that has not succeeded since, the oldest first. An LRUCache would allocate room for all
   * calls in each of hundreds of accounts.
   */
  readonly #failures = new Map<string, LoggedFailure>()

  constructor(log: Logger, clock: Clock, api: NamedApi) {
    this.#log = log
    this.#clock = clock
    this.#api = api
  }

  /** Records that a call failed. Logs the error when no other call for the resource fails for the same reason. */
  add(resource: string, what: string, error: UpstreamError): void {
    const at = this.#clock.elapsed()
    const { code, details, cause, message } = error
    const reason = `${code} ${details.httpStatus}`
    for (const [call, failure] of this.#failures) if (failure.at + maxAge <= at) this.#failures.delete(call)
    const isLogged = this.#some((failure) => failure.resource === resource && failure.reason === reason)
    const isLimit = code === 'UPSTREAM_RATE_LIMITED' && details.httpStatus === undefined
    this.#failures.delete(what)
    this.#failures.set(what, { resource, reason, isLimit, at })
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > maxCalls && oldest !== undefined) this.#failures.delete(oldest)
    if (isLogged) return
    const { provider, account } = this.#api
    this.#log[isLimit ? 'info' : 'warn']({ provider, account, code, ...details, cause: nameOf(cause) }, message)
  }

  /** Records that a call succeeded. Logs it when no other call for the resource fails. */
  remove(resource: string, what: string): void {
    const ended = this.#failures.get(what)
    this.#failures.delete(what)
    if (!ended || ended.isLimit) return
    if (this.#some((failure) => failure.resource === resource && !failure.isLimit)) return
    const { provider, account, brand } = this.#api
    this.#log.info({ provider, account }, `calls to ${brand} for ${resource} succeed again`)
  }

  #some(accepts: (failure: LoggedFailure) => boolean): boolean {
    return [...this.#failures.values()].some(accepts)
  }
}

/**
 * The name of a cause, such as ECONNREFUSED. Not its message: a parser's quotes the text that it could not read. None for an
 * `Error` without a name of its own.
 */
function nameOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return 'name' in cause && typeof cause.name === 'string' && cause.name !== 'Error' ? cause.name : undefined
}
