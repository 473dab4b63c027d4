import { isObject } from '../../is-object.ts'
import type { Operation } from '../../operation.ts'
import type { ChangeLog } from '../../upstream/cache/change-log.ts'
import type { CallContext } from '../../upstream/call/context.ts'
import type { ResiliencePipeline } from '../../upstream/call/resilience-pipeline.ts'
import { isReadingFailure, type ReadingFailure, type UpstreamError } from '../../upstream/error.ts'
import type { IdempotencyStore } from '../../upstream/idempotency-store.ts'
import { CertificateOutcomeUnknownError } from './error.ts'

/** The part of an account's client that changes go through. */
export interface WritableClient {
  readonly pipeline: Pick<ResiliencePipeline, 'runChange'>
  readonly changes: Pick<ChangeLog, 'announce' | 'record'>
  /** The requests with an idempotency key. */
  readonly requests: IdempotencyStore
}

/** The context of the calls that make a change. */
export interface SendContext extends CallContext {
  /** When the last successful call was made. */
  readonly madeAt: number
}

/** Returns the message of an error as far as the caller may see it. */
export type ErrorReport = (error: ReadingFailure) => string

interface Sending<Result> {
  readonly client: WritableClient
  send(context: SendContext): Promise<Result>
  /** The result according to the vendor's lists; null when they do not show the change. */
  verify(): Promise<Result | null>
  readonly report: ErrorReport
  /** Called immediately before each call. @throws CertificateMutationError when the change must not be sent any more */
  readonly assertAllowed: () => void
}

/** How far an attempt to change something has come. */
export interface Progress {
  /** From now on, only the response tells whether the change was made. */
  isSent: boolean
  /** What to do when the outcome is not known, as a sentence. */
  readonly repeatAdvice: string
  /** Whether an earlier request with the same idempotency key may have made the change. */
  mayBeMade?: boolean
  /** Whether the result is that of an earlier request. */
  isRepeated?: boolean
  madeAt?: number
  /** The least conclusive failure of a call: after it, the change may have been made. */
  inconclusive?: UpstreamError
}

/**
 * Makes a change. If the response to any of its calls is lost, the vendor's lists decide whether it was made. Readings
 * that began before the change are not used afterwards.
 * @throws UpstreamError when it was not made, CertificateOutcomeUnknownError when that is not known
 */
export async function sendChange<Result>(
  { client: { pipeline, changes }, send, verify, report, assertAllowed }: Sending<Result>,
  operation: Operation,
  progress: Progress,
): Promise<Result> {
  try {
    await changes.announce?.()
    const result = await pipeline.runChange(operation, (context) =>
      send(tracked(context, progress, { now: operation.now, assertAllowed })),
    )
    await changes.record()
    return result
  } catch (error) {
    const { inconclusive } = progress
    if (!inconclusive) throw error
    await changes.record()
    const verified = await settleVerification(verify)
    if ('result' in verified && verified.result !== null) return verified.result
    if ('result' in verified && !isResponseLost(inconclusive)) throw error
    // The change may still arrive: the lists that were read to verify it would not show it.
    await changes.record()
    const reason = 'error' in verified ? report(verified.error) : 'the vendor’s list does not show it yet'
    throw new CertificateOutcomeUnknownError(
      `${report(inconclusive)}; it is not known whether the change was made: ${reason}. ${progress.repeatAdvice}`,
    )
  }
}

function tracked(
  context: CallContext,
  progress: Progress,
  { now, assertAllowed }: { readonly now: number; readonly assertAllowed: () => void },
): SendContext {
  return {
    ...context,
    get madeAt() {
      return progress.madeAt ?? now
    },
    onCall() {
      assertAllowed()
      progress.isSent = true
      context.onCall?.()
    },
    onResponse(madeAt) {
      progress.madeAt = madeAt
    },
    onCallFailed(error) {
      const { inconclusive } = progress
      if (mayHaveArrived(error) && !(inconclusive && isResponseLost(inconclusive))) progress.inconclusive = error
    },
  }
}

const connectionFailures: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** False when the vendor refused the call, or no connection was made. */
function mayHaveArrived({ code, cause, details }: UpstreamError): boolean {
  if (isObject(cause) && connectionFailures.has(cause['code'])) return false
  return (
    ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_MALFORMED_RESPONSE'].includes(code) ||
    details.httpStatus === 408
  )
}

/** No response, an unreadable one, or that of a gateway that lost it: 502, 504 and the statuses that gateways invent. */
function isResponseLost({ details: { httpStatus } }: UpstreamError): boolean {
  return httpStatus === undefined || httpStatus < 300 || (httpStatus > 501 && httpStatus !== 503)
}

async function settleVerification<Result>(
  verify: () => Promise<Result | null>,
): Promise<{ readonly result: Result | null } | { readonly error: ReadingFailure }> {
  try {
    return { result: await verify() }
  } catch (error) {
    if (isReadingFailure(error)) return { error }
    throw error
  }
}
