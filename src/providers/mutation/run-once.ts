import type { Logger } from 'pino'
import type { Operation } from '../../operation.ts'
import { UpstreamError } from '../../upstream/error.ts'
import type { IdempotencyStore, RequestLease } from '../../upstream/idempotency-store.ts'
import type { RequestRecord } from '../../upstream/request-records.ts'
import {
  CertificateInvalidInputError,
  CertificateMutationError,
  CertificateOutcomeUnknownError,
  CertificateRateLimitedError,
  CertificateUpstreamError,
} from './error.ts'
import type { RequestIdentity } from './request-identity.ts'
import type { Progress } from './send.ts'
import { restoreResult, serializeError, serializeResult } from './stored-result.ts'

/** One attempt to run a request with an idempotency key. */
interface RepeatableRequest<Result> {
  readonly identity: RequestIdentity
  readonly account: { readonly client: { readonly requests: IdempotencyStore } }
  readonly log: Logger
  /** Makes the change. Calls `onSending` before it is sent. @throws CertificateMutationError */
  make(earlier: EarlierRequest | null, onSending: () => Promise<void>): Promise<Result>
}

/** A request with the same key and input whose outcome is not known. */
interface EarlierRequest {
  /** Wall-clock time before it was sent. */
  readonly sentAt: number
}

/**
 * Runs a request, unless the same one has run before: then returns its result. While the same one runs, waits for it.
 * @throws CertificateMutationError
 */
export async function runOnce<Result extends object>(
  request: RepeatableRequest<Result>,
  operation: Operation,
  progress: Progress,
): Promise<Result> {
  const { account, log, identity } = request
  const { lease, record } = await acquire(account.client.requests, identity, operation, progress)
  try {
    if (record && record.digest !== identity.digest) throw new CertificateInvalidInputError(otherInput)
    if (record && record.result !== null) {
      progress.isRepeated = true
      return restoreResult<Result>(record.result, account)
    }
    if (!lease) throw new Error('a request without a lease and without a result')
    progress.mayBeMade = record !== null
    return await runWithLease(request, { lease, earlier: record, now: operation.now, log }, progress)
  } finally {
    await lease?.release()
  }
}

/** Acquires the right to run the request, or finds that it need not run. */
async function acquire(
  requests: IdempotencyStore,
  { key, digest, owner }: RequestIdentity,
  { signal }: Operation,
  progress: Progress,
): Promise<{ readonly lease: RequestLease | null; readonly record: RequestRecord | null }> {
  for (;;) {
    const state = await requests.acquire(key, owner)
    if (state.lease) return state
    if (state.record && (state.record.digest !== digest || state.record.result !== null)) return state
    progress.mayBeMade = true
    try {
      await state.ended(signal)
    } catch (error) {
      if (signal.aborted) throw new CertificateOutcomeUnknownError(stillRunning)
      throw error
    }
  }
}

interface RunningRequest {
  readonly lease: RequestLease
  readonly earlier: RequestRecord | null
  readonly now: number
  readonly log: Logger
}

async function runWithLease<Result extends object>(
  { identity: { digest }, account, make }: RepeatableRequest<Result>,
  { lease, earlier, now, log }: RunningRequest,
  progress: Progress,
): Promise<Result> {
  const unsettled: RequestRecord = { digest, sentAt: earlier?.sentAt ?? now, result: null }
  try {
    const result = await make(earlier, async () => {
      const outcome = await lease.save(unsettled)
      if (outcome === 'lost') throw new UpstreamError('UPSTREAM_TIMEOUT', leaseLost)
      if (outcome === 'full') throw new CertificateInvalidInputError(noRoom)
    })
    await lease.save({ ...unsettled, result: trySerialize(result, account, log) })
    return result
  } catch (error) {
    const isDecided = error instanceof CertificateMutationError
    if (!progress.isSent || (isDecided && isUntouched(error))) await lease.save(earlier)
    // After a call that may have arrived, an error is not the answer to the change.
    else if (!earlier && !progress.inconclusive) await lease.save({ ...unsettled, result: serializeError(error) })
    throw error
  }
}

/** Whether the vendor has not looked at the change. */
function isUntouched(error: CertificateMutationError): boolean {
  return error instanceof CertificateUpstreamError ? error.isUntouched : error instanceof CertificateRateLimitedError
}

/** The change was made, and its result is returned even if it cannot be stored: a repeat reads the vendor's list. */
function trySerialize(result: object, account: object, log: Logger): string | null {
  try {
    return serializeResult(result, account)
  } catch (err) {
    log.error({ err }, 'the result of a mutation was not stored for its repeats')
    return null
  }
}

const leaseLost = 'another replica has begun to repeat this request; this one was not sent. Repeat it.'
const noRoom =
  'input.idempotencyKey: cannot be kept, because the keys of other callers take all room; nothing was sent. Repeat the ' +
  'mutation later, or without a key'
const otherInput =
  'input.idempotencyKey: was used with another input in the last 24 hours; expected the same input, or another key'
const stillRunning =
  'a request with the same idempotency key is still running; it is not known whether the change was made. Repeat it.'
