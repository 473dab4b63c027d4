import type { Logger } from 'pino'
import type { Operation } from '../operation.ts'
import { untilAborted } from '../upstream/call/timeout.ts'
import type { UpstreamDependencies } from '../upstream/dependencies.ts'
import { UpstreamError } from '../upstream/error.ts'
import { idPattern } from '../upstream/url.ts'
import type { Progress } from './change.ts'
import { CertificateMutationError, CertificateOutcomeUnknownError, toMutationError } from './mutation-error.ts'

/** What somebody wants to change, as the audit log names it. */
export interface Attempt<Result> {
  readonly mutation: string
  readonly dryRun: boolean
  /** The vendor's ids of what it is about, by kind; as the caller gave them. */
  readonly subject: Subject
  /** What else it turned out to be about. */
  readonly foundIn?: (result: Result) => Subject
}

type Subject = Readonly<Record<string, string | readonly string[] | null | undefined>>

/**
 * Makes an attempt and writes one line about it, whatever came of it and however long it took; who waits for it learns no
 * later than at the end of the operation.
 * @throws CertificateMutationError
 */
export async function audited<Result>(
  attempt: Attempt<Result>,
  operation: Operation,
  { log, pendingWork }: Pick<UpstreamDependencies, 'log' | 'pendingWork'>,
  make: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const progress: Progress = { isSent: false }
  const made = make(progress).catch((error: unknown) => {
    throw toMutationError(error instanceof DOMException ? unsent : error)
  })
  const { mutation, dryRun, subject, foundIn } = attempt
  const { caller, requestId } = operation
  const note = (result: string, found: Subject = {}) => {
    const ids = toSafeIds({ ...subject, ...found })
    auditLog(log).info(
      { audit: mutation, caller: caller.name, requestId, dryRun, ...ids, result },
      `audit: ${mutation}`,
    )
  }
  const noted = made.then(
    (result) => note('OK', foundIn?.(result)),
    (error: unknown) => note(error instanceof CertificateMutationError ? error.code : 'INTERNAL_SERVER_ERROR'),
  )
  pendingWork.add(noted)
  try {
    return await untilAborted(made, operation.signal)
  } catch (error) {
    if (!operation.signal.aborted || error instanceof CertificateMutationError) throw error
    if (!progress.isSent) throw toMutationError(unsent)
    throw new CertificateOutcomeUnknownError(
      'The operation ended before the vendor answered; whether the change was made is not known. Look before you make it again.',
    )
  }
}

const unsent = new UpstreamError('UPSTREAM_TIMEOUT', 'not sent before the operation ended; nothing was changed')

/** Nobody is allowed more. */
const mostIds = 10

/** What happened to certificates is told however quiet the log is set. */
function auditLog(log: Logger): Logger {
  return log.level === 'silent' ? log : log.child({}, { level: 'info' })
}

/** Anything may stand where an id should. */
function toSafeIds(subject: Subject): Subject {
  const ids = Object.entries(subject).map(([kind, value]) => [
    kind,
    typeof value === 'string' ? toSafeId(value) : value?.slice(0, mostIds).map(toSafeId),
  ])
  return Object.fromEntries(ids)
}

function toSafeId(id: string): string {
  return idPattern.test(id) ? id : '(no id)'
}
