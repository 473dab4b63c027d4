import type { Operation } from '../../operation.ts'
import { untilAborted } from '../../upstream/call/timeout.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { isReadingFailure, type ReadingFailure, UpstreamError } from '../../upstream/error.ts'
import type { ListObserver } from '../../upstream/list-observer.ts'
import { LeaseLostError, LeaseUnavailableError, type SetNote } from '../../upstream/shared-lease.ts'
import { withoutVendorMessage } from '../visibility.ts'
import { type AuditSubject, createAuditLog } from './audit.ts'
import { findEarlierChange } from './earlier-change.ts'
import {
  CertificateForbiddenError,
  CertificateMutationError,
  CertificateOutcomeUnknownError,
  CertificateUpstreamError,
  toMutationError,
} from './error.ts'
import { rejectPrivateKeys } from './input-texts.ts'
import { arrivalTime, type LateChanges } from './late-changes.ts'
import type { Attempt, Mutation, MutationTarget } from './mutation.ts'
import { readLateChanges, sendNoted, tryNote } from './noted-change.ts'
import { identifyRequest } from './request-identity.ts'
import { runOnce } from './run-once.ts'
import { type Progress, sendChange, type WritableClient } from './send.ts'

interface MutationInput {
  readonly dryRun?: boolean | null | undefined
  readonly idempotencyKey?: string | null | undefined
}

interface WritableAccount {
  readonly client: WritableClient
}

/**
 * Runs the mutations of one vendor. It applies the switch `writes`, the dry run, the deadline and the visibility of the
 * caller, looks for the change after a lost response, and writes one audit line per attempt.
 */
export function createMutationRunner<TargetInput extends MutationInput, Account extends WritableAccount>(
  { subject, findAccount, classify = (error) => error }: MutationTarget<TargetInput, Account>,
  upstream: Pick<UpstreamDependencies, 'clock' | 'settings' | 'writes' | 'log' | 'pendingWork' | 'lists'>,
) {
  const { writes, log, pendingWork } = upstream
  const audit = createAuditLog(log)

  /** Waits for the work until the operation ends. The work goes on after that, and its audit line is always written. */
  async function supervise<Result>(
    mutation: Pick<Mutation<never, never, never, Result>, 'name' | 'assignedIds'>,
    input: TargetInput,
    operation: Operation,
    work: (progress: Progress) => Promise<Result>,
  ): Promise<Result> {
    const hasKey = (input.idempotencyKey ?? operation.idempotencyKey ?? null) !== null
    const progress: Progress = { isSent: false, repeatAdvice: hasKey ? repeatWithKey : checkFirst }
    const made = work(progress).catch((error: unknown) => {
      throw toMutationError(error instanceof DOMException ? endOf(progress) : error)
    })
    const entry = { mutation: mutation.name, dryRun: input.dryRun === true, subject: subject(input) }
    let isAbandoned = false
    const record = (outcome: { readonly result: string; readonly assigned?: AuditSubject | undefined }) => {
      if (!isAbandoned) audit(operation, { ...entry, isRepeated: progress.isRepeated, ...outcome })
    }
    pendingWork.add(
      made.then(
        (result) => record({ result: 'OK', assigned: mutation.assignedIds?.(result) }),
        (error: unknown) => record({ result: codeOf(error) }),
      ),
      () => {
        record({ result: codeOf(toMutationError(endOf(progress))) })
        isAbandoned = true
      },
    )
    try {
      return await untilAborted(made, operation.signal)
    } catch (error) {
      if (!operation.signal.aborted || error instanceof CertificateMutationError) throw error
      throw toMutationError(endOf(progress))
    }
  }

  return {
    /** Runs a mutation. @throws CertificateMutationError */
    async run<Input extends TargetInput, Change, Result extends object>(
      mutation: Mutation<Input, Account, Change, Result>,
      input: Input,
      operation: Operation,
    ): Promise<Result & { readonly dryRun: boolean }> {
      const dryRun = input.dryRun === true
      const result = await supervise(mutation, input, operation, async (progress) => {
        if (!writes) throw new CertificateForbiddenError(writesDisabled, 'FORBIDDEN')
        // To search a long text takes tens of milliseconds.
        await operation.timeSlice.begin()
        rejectPrivateKeys(input, operation)
        const identity = identifyRequest(mutation.name, input, operation)
        const toVisible = (error: ReadingFailure) =>
          withoutVendorMessage(operation, error instanceof UpstreamError ? classify(error) : error)
        const report = (error: ReadingFailure) => toVisible(error).message
        const runVisibly = async (
          attempt: Omit<Attempt<Account, Change>, 'report'>,
          onSending?: () => Promise<void>,
        ) => {
          try {
            return await runSteps(mutation, { ...attempt, report }, { progress, upstream, onSending })
          } catch (error) {
            throw toMutationError(isReadingFailure(error) ? toVisible(error) : error)
          }
        }
        const first = { operation, dryRun, sentAt: operation.now, earlier: 'none' } as const
        if (!identity || dryRun) {
          const change = mutation.check(input, operation)
          return runVisibly({ ...first, change, account: await findAccount(input, operation) })
        }
        // A repeat has the result of the first request, also when its input is no longer valid.
        const account = await findAccount(input, operation)
        return runOnce(
          {
            identity,
            account,
            log,
            async make(earlier, onSending) {
              const change = mutation.check(input, operation)
              const repeated = earlier
                ? ({ sentAt: earlier.sentAt, earlier: 'recorded' } as const)
                : ({ earlier: 'unrecorded' } as const)
              return runVisibly({ ...first, ...repeated, account, change }, onSending)
            },
          },
          operation,
          progress,
        )
      })
      return { ...result, dryRun }
    },

    /** The resolver for a caller without the permission: it writes an audit line and throws the error. */
    refuse: (
      _root: unknown,
      { input }: { readonly input: TargetInput },
      operation: Operation,
      { fieldName }: { readonly fieldName: string },
      error: Error,
    ): Promise<never> => supervise({ name: fieldName }, input, operation, () => Promise.reject(error)),
  }
}

interface StepOptions {
  readonly progress: Progress
  readonly upstream: Pick<UpstreamDependencies, 'clock' | 'settings' | 'lists'>
  readonly onSending?: (() => Promise<void>) | undefined
}

async function runSteps<Account extends WritableAccount, Change, Result>(
  mutation: Mutation<never, Account, Change, Result>,
  attempt: Attempt<Account, Change>,
  { progress, upstream, onSending }: StepOptions,
): Promise<Result> {
  const { account, operation, report } = attempt
  const { clock, settings, lists } = upstream
  const guarding = mutation.lease?.(attempt)
  const guard = async (late: LateChanges) =>
    mutation.guard ? { ...attempt, change: await mutation.guard(attempt, late) } : attempt
  const isRequired = guarding?.unavailable != null && !attempt.dryRun
  const readLate = () => readLateChanges(clock, { lease: guarding?.lease, isRequired })
  if (attempt.dryRun) return mutation.preview(await guard(await readLate()))
  const guardAndSend = async (assertAllowed = () => {}, setNote: SetNote = async () => {}) => {
    const made = await findEarlierChange(mutation, attempt)
    if (made) return made
    const late = await readLate()
    const { note } = late
    let guarded: typeof attempt
    try {
      guarded = await guard(late)
    } finally {
      if (late.note !== note) await tryNote(setNote, late.note)
    }
    await onSending?.()
    const send = () =>
      sendChange(
        {
          client: account.client,
          send: (context) => mutation.send(guarded, context),
          // From now on, only this request may have made the change.
          verify: () => mutation.verify(attempt.earlier === 'unrecorded' ? { ...guarded, earlier: 'none' } : guarded),
          report,
          assertAllowed,
        },
        operation,
        progress,
      )
    const sendKnown = () => (lists ? sendExpected(mutation, guarded, send, lists) : send())
    const taken = mutation.takenAway?.(guarded)
    if (!taken) return sendKnown()
    const lasts = Math.max(0, operation.deadline - clock.elapsed()) + settings.timeout + arrivalTime
    const setOwn = isRequired ? setNote : (text: string | null) => tryNote(setNote, text)
    return sendNoted({ late, taken, lasts, setNote: setOwn, progress }, sendKnown)
  }
  if (!guarding) return guardAndSend()
  const { lease, unavailable } = guarding
  try {
    return await lease.run(
      operation.signal,
      (_lost, assertHeld, setNote) => guardAndSend(() => assertLease(assertHeld), setNote),
      { isOptional: unavailable === null },
    )
  } catch (error) {
    if (error instanceof LeaseLostError) throw lostLease()
    if (!(unavailable && error instanceof LeaseUnavailableError)) throw error
    const made = await findEarlierChange(mutation, attempt)
    if (made) return made
    throw unavailable(error.reason)
  }
}

/** @throws CertificateUpstreamError when the lease may have been lost: the guard may have decided by what is no longer true */
function assertLease(assertHeld: () => void): void {
  try {
    assertHeld()
  } catch (error) {
    throw error instanceof LeaseLostError ? lostLease() : error
  }
}

const lostLease = () => new CertificateUpstreamError(leaseLost, 'UPSTREAM_TIMEOUT', true)

const leaseLost =
  'another replica may have begun a change of the same account, because this one did not renew its lease in time; ' +
  'nothing was changed. Repeat it.'

/** Notes which changes are those of the caller, before a list can show them. */
async function sendExpected<Account, Change, Result>(
  { expected = () => [] }: Mutation<never, Account, Change, Result>,
  attempt: Attempt<Account, Change>,
  send: () => Promise<Result>,
  lists: ListObserver,
): Promise<Result> {
  const { name, isIdentified } = attempt.operation.caller
  // The name of a caller without a key or token is an IP address, which is not kept.
  const actor = isIdentified ? name : null
  const changes = expected(attempt, null)
  await lists.expect(changes, actor)
  try {
    const result = await send()
    if (changes.length === 0) await lists.expect(expected(attempt, result), actor)
    return result
  } catch (error) {
    if (!(error instanceof CertificateOutcomeUnknownError)) await lists.forget(changes)
    throw error
  }
}

const writesDisabled = 'changes are disabled; set `writes: enabled` in the configuration to allow them'

const checkFirst = 'Check before you repeat it.'
const repeatWithKey = 'Repeat it with the same idempotency key: the vendor’s list is then read before anything is sent.'

const notSent = new UpstreamError(
  'UPSTREAM_TIMEOUT',
  'the operation ended before the change was sent; nothing was changed',
)

/** The error of an operation that ended before its change did. */
function endOf({ isSent, mayBeMade = false, repeatAdvice }: Progress): Error {
  if (!isSent && !mayBeMade) return notSent
  return new CertificateOutcomeUnknownError(
    `the operation ended before the vendor answered; it is not known whether the change was made. ${repeatAdvice}`,
  )
}

function codeOf(error: unknown): string {
  return error instanceof CertificateMutationError ? error.code : 'INTERNAL_SERVER_ERROR'
}
