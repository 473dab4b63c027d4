import type { Operation } from '../operation.ts'
import type { ChangeLog } from '../upstream/cache/change-log.ts'
import type { CallContext } from '../upstream/call/context.ts'
import type { ResiliencePipeline } from '../upstream/call/resilience-pipeline.ts'
import { isReadingFailure, type ReadingFailure, type UpstreamError } from '../upstream/error.ts'
import { CertificateOutcomeUnknownError } from './mutation-error.ts'
import { withoutVendorMessage } from './visibility.ts'

/** A change at a vendor. */
export interface Change<Result> {
  readonly client: { readonly pipeline: ResiliencePipeline; readonly changes: ChangeLog }
  /** The one call that makes it. */
  send(context: CallContext): Promise<Result>
  /** The result by what the vendor's lists say now; null when they do not show it. */
  verify(): Promise<Result | null>
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
  { client: { pipeline, changes }, send, verify }: Change<Result>,
  operation: Operation,
  progress: Progress,
): Promise<Result> {
  try {
    const result = await pipeline.runChange(operation, (context) => send(noting(context, progress)))
    await changes.record()
    return result
  } catch (error) {
    const { doubt } = progress
    if (!doubt) throw error
    await changes.record()
    const seen = await trySeeing(verify)
    if ('result' in seen && seen.result !== null) return seen.result
    if ('result' in seen && !isLost(doubt)) throw error
    // What arrives only now is in none of the lists that were read for the look.
    await changes.record()
    const tell = (failure: ReadingFailure) => withoutVendorMessage(operation, failure).message
    const told = 'failure' in seen ? tell(seen.failure) : 'the vendor’s list does not show it so far'
    throw new CertificateOutcomeUnknownError(
      `${tell(doubt)}; whether the change was made is not known: ${told}. Look before you make it again.`,
    )
  }
}

function noting(context: CallContext, progress: Progress): CallContext {
  return {
    ...context,
    onCall() {
      progress.isSent = true
      context.onCall?.()
    },
    onResponse(madeAt) {
      progress.madeAt = madeAt
    },
    onCallFailed(error) {
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
): Promise<{ readonly result: Result | null } | { readonly failure: ReadingFailure }> {
  try {
    return { result: await look() }
  } catch (failure) {
    if (isReadingFailure(failure)) return { failure }
    throw failure
  }
}
