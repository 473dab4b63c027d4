import type { Changes } from '../upstream/changes.ts'
import type { Errand } from '../upstream/errand.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { Line } from '../upstream/line.ts'
import type { Operation } from '../upstream/operation.ts'
import { CertificateOutcomeUnknownError } from './mutation-error.ts'

/** A change at a vendor. */
export interface Change<Result> {
  readonly client: { readonly line: Line; readonly changes: Changes }
  /** The one call that makes it. */
  send(errand: Errand): Promise<Result>
  /** The result by what the vendor's lists say now; null when they do not show it. */
  look(): Promise<Result | null>
}

/** How far an attempt to change something has come. */
export interface Progress {
  /** From now on nobody can tell without an answer whether it was made. */
  isSent: boolean
}

/**
 * Makes a change. When its answer is lost, the vendor's lists are asked whether it has arrived. Whoever reads next reads
 * anew.
 * @throws UpstreamError when it was not made, CertificateOutcomeUnknownError when nobody can tell
 */
export async function makeChange<Result>(
  { client: { line, changes }, send, look }: Change<Result>,
  operation: Operation,
  progress: Progress,
): Promise<Result> {
  try {
    const result = await line.runChange(operation, (errand) => send(noting(errand, progress)))
    await changes.note()
    return result
  } catch (error) {
    if (!(error instanceof UpstreamError && mayHaveArrived(error))) throw error
    await changes.note()
    const seen = await trySeeing(look)
    if ('result' in seen && seen.result !== null) return seen.result
    if ('result' in seen && !isLost(error)) throw error
    const told = 'failure' in seen ? seen.failure.message : 'the vendor’s list does not show it so far'
    throw new CertificateOutcomeUnknownError(
      `${error.message}; whether the change was made is not known: ${told}. Look before you make it again.`,
    )
  }
}

function noting(errand: Errand, progress: Progress): Errand {
  return {
    ...errand,
    waits(turn) {
      progress.isSent ||= turn === null
      errand.waits(turn)
    },
  }
}

const neverConnected: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
])

/** Not so when the vendor refused it, or there was nobody to send it to. */
function mayHaveArrived({ code, cause }: UpstreamError): boolean {
  if (typeof cause === 'object' && cause !== null && 'code' in cause && neverConnected.has(cause.code)) return false
  return ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_MALFORMED_RESPONSE'].includes(code)
}

/** No answer, one that cannot be read, or the word of a gateway that has lost it itself. */
function isLost({ details: { httpStatus } }: UpstreamError): boolean {
  return httpStatus === undefined || httpStatus < 300 || httpStatus === 502 || httpStatus === 504
}

async function trySeeing<Result>(
  look: () => Promise<Result | null>,
): Promise<{ readonly result: Result | null } | { readonly failure: UpstreamError }> {
  try {
    return { result: await look() }
  } catch (failure) {
    if (failure instanceof UpstreamError) return { failure }
    throw failure
  }
}
