import { UpstreamError, type UpstreamErrorCode, type UpstreamErrorDetails } from '../error.ts'

/** The errors that may be about one object only. The calls for other objects may succeed. */
const individual: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_NOT_FOUND',
  'UPSTREAM_CONFLICT',
  'UPSTREAM_INVALID_REQUEST',
])

/** After as many individual errors in a row, they are taken for errors of the account. */
const minIndividual = 3

interface Failures {
  readonly last: UpstreamError
  readonly count: number
}

/** The failures in a row of an account's calls for each resource, until one of them succeeds. */
export class AccountHealth<Resource extends string> {
  readonly #brand: string
  readonly #failures = new Map<Resource, Failures>()

  constructor(brand: string) {
    this.#brand = brand
  }

  /** Whether the last call for the resource failed. */
  isFailing(resource: Resource): boolean {
    return this.#failures.has(resource)
  }

  recordFailure(resource: Resource, error: UpstreamError): void {
    this.#failures.set(resource, { last: error, count: (this.#failures.get(resource)?.count ?? 0) + 1 })
  }

  /** Returns whether the call before failed. */
  recordSuccess(resource: Resource): boolean {
    return this.#failures.delete(resource)
  }

  /**
   * The error for a call that waits because the last call failed; undefined when that says nothing about other calls. It
   * names no place: the last call may have been for one that this caller may not see.
   */
  toWaitingError(resource: Resource, details: UpstreamErrorDetails): UpstreamError | undefined {
    const { last: failure, count = 0 } = this.#failures.get(resource) ?? {}
    if (!failure || (individual.has(failure.code) && count < minIndividual)) return undefined
    const { httpStatus } = failure.details
    return new UpstreamError(
      failure.code,
      `${this.#brand} ${toProblem(failure, `the last call for ${resource}`)}; the next attempt has to wait`,
      { ...details, ...(httpStatus !== undefined && { httpStatus }) },
      failure,
    )
  }
}

function toProblem({ code, details: { httpStatus } }: UpstreamError, call: string): string {
  if (code === 'UPSTREAM_MALFORMED_RESPONSE') return `returned a malformed response to ${call}`
  if (code === 'UPSTREAM_TIMEOUT') return `did not answer ${call} in time`
  return httpStatus === undefined ? `could not be reached for ${call}` : `answered ${httpStatus} to ${call}`
}
