import type { Changes } from '../upstream/changes.ts'
import type { Errand } from '../upstream/errand.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { Line } from '../upstream/line.ts'
import type { Operation } from '../upstream/operation.ts'
import { CertificateOutcomeUnknownError } from './mutation-error.ts'
import { withoutWords } from './sight.ts'

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
  /** When the call was made that succeeded. */
  madeAt?: number
  /** The failure of a call that leaves most in doubt whether the change was made all the same. */
  doubt?: UpstreamError
}

/**
 * Makes a change. When the answer to any of its calls is lost, the vendor's lists are asked whether it has arrived. Whoever
 * reads next reads anew.
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
    const { doubt } = progress
    if (!doubt) throw error
    await changes.note()
    const seen = await trySeeing(look)
    if ('result' in seen && seen.result !== null) return seen.result
    if ('result' in seen && !isLost(doubt)) throw error
    // What arrives only now is in none of the lists that were read for the look.
    await changes.note()
    const tell = (failure: UpstreamError) => withoutWords(operation, failure).message
    const told = 'failure' in seen ? tell(seen.failure) : 'the vendor’s list does not show it so far'
    throw new CertificateOutcomeUnknownError(
      `${tell(doubt)}; whether the change was made is not known: ${told}. Look before you make it again.`,
    )
  }
}

function noting(errand: Errand, progress: Progress): Errand {
  return {
    ...errand,
    sent() {
      progress.isSent = true
      errand.sent?.()
    },
    answered(madeAt) {
      progress.madeAt = madeAt
    },
    failed(error) {
      if (mayHaveArrived(error) && !(progress.doubt && isLost(progress.doubt))) progress.doubt = error
    },
  }
}

const neverConnected: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
])

/** Not so when the vendor refused it, or there was nobody to send it to. */
function mayHaveArrived({ code, cause, details }: UpstreamError): boolean {
  if (typeof cause === 'object' && cause !== null && 'code' in cause && neverConnected.has(cause.code)) return false
  return (
    ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_MALFORMED_RESPONSE'].includes(code) ||
    details.httpStatus === 408
  )
}

/** No answer, one that cannot be read, or the word of a gateway that has lost it itself: 502, 504 and what else is made up. */
function isLost({ details: { httpStatus } }: UpstreamError): boolean {
  return httpStatus === undefined || httpStatus < 300 || (httpStatus > 501 && httpStatus !== 503)
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
