import type { Operation } from '../operation.ts'
import { untilAborted } from '../upstream/call/timeout.ts'
import type { Mutex } from '../upstream/concurrency.ts'
import type { UpstreamDependencies } from '../upstream/dependencies.ts'
import { isReadingFailure, type ReadingFailure, UpstreamError } from '../upstream/error.ts'
import { type AuditSubject, createAuditLog } from './audit.ts'
import { type ChangeContext, type Progress, type ReportError, sendChange, type WritableClient } from './change.ts'
import {
  CertificateForbiddenError,
  CertificateMutationError,
  CertificateOutcomeUnknownError,
  toMutationError,
} from './mutation-error.ts'
import { withoutVendorMessage } from './visibility.ts'

/**
 * One change at a vendor. Its steps run in this order: `check`, `guard`, then `preview` in a dry run, else `send`, and
 * `verify` if the response is lost. The runner does everything else.
 */
export interface Mutation<Input, Account, Order, Result> {
  /** The name of the GraphQL field and of the audit line. */
  readonly name: string
  /** Validates the input without a call. @throws InputError */
  check(input: Input, operation: Operation): Order
  /** Held while `guard` and `send` run: the change is the only one in this process that the guard depends on. */
  lock?(account: Account): Mutex | null
  /**
   * Reads the vendor's lists and refuses what must not be sent. Returns the order, completed with what the lists say.
   * @throws CertificateMutationError
   */
  guard?(attempt: Attempt<Account, Order>): Promise<Order>
  /** The result of a dry run. */
  preview(attempt: Attempt<Account, Order>): Promise<Result>
  /** Makes the change: the only step that calls anything other than a list. */
  send(attempt: Attempt<Account, Order>, context: ChangeContext): Promise<Result>
  /** The result according to the vendor's lists; null when they do not show the change. */
  verify(attempt: Attempt<Account, Order>): Promise<Result | null>
  /** Ids that the vendor assigned, for the audit log. */
  assignedIds?(result: Result): AuditSubject
}

/** What the steps of a mutation work on. */
export interface Attempt<Account, Order> {
  readonly operation: Operation
  readonly account: Account
  /** The checked input. */
  readonly order: Order
  readonly dryRun: boolean
  /** The message of an error as far as the caller may see it. */
  readonly report: ReportError
}

interface MutationInput {
  readonly dryRun?: boolean | null | undefined
}

/** What all mutations of a vendor have in common. */
export interface MutationTarget<Input, Account> {
  /** The vendor's ids in the input, as the caller gave them: they are written to the audit log unchecked. */
  subject(input: Input): AuditSubject
  /** The account that the input names, if the caller may change it. @throws InputError */
  findAccount(input: Input, operation: Operation): Promise<Account>
  /** Corrects the code of an error that the vendor reports with an ambiguous status. */
  classify?(error: UpstreamError): UpstreamError
}

/** Runs the mutations of one vendor: permission to write, dry run, audit line, deadline, lost responses, visibility. */
export function createMutationRunner<
  TargetInput extends MutationInput,
  Account extends { readonly client: WritableClient },
>(
  { subject, findAccount, classify = (error) => error }: MutationTarget<TargetInput, Account>,
  { writes, log, pendingWork }: Pick<UpstreamDependencies, 'writes' | 'log' | 'pendingWork'>,
) {
  const audit = createAuditLog(log)

  /** Waits for the work at most until the operation ends. The work continues, and its audit line is always written. */
  async function supervise<Result>(
    mutation: Pick<Mutation<never, never, never, Result>, 'name' | 'assignedIds'>,
    input: TargetInput,
    operation: Operation,
    work: (progress: Progress) => Promise<Result>,
  ): Promise<Result> {
    const progress: Progress = { isSent: false }
    const made = work(progress).catch((error: unknown) => {
      throw toMutationError(error instanceof DOMException ? notSent : error)
    })
    const entry = { mutation: mutation.name, dryRun: input.dryRun === true, subject: subject(input) }
    pendingWork.add(
      made.then(
        (result) => audit(operation, { ...entry, result: 'OK', assigned: mutation.assignedIds?.(result) }),
        (error: unknown) => audit(operation, { ...entry, result: codeOf(error) }),
      ),
    )
    try {
      return await untilAborted(made, operation.signal)
    } catch (error) {
      if (!operation.signal.aborted || error instanceof CertificateMutationError) throw error
      if (!progress.isSent) throw toMutationError(notSent)
      throw new CertificateOutcomeUnknownError(
        'The operation ended before the vendor answered, so it is not known whether the change was made. ' +
          'Check before you repeat it.',
      )
    }
  }

  return {
    /** Runs a mutation. @throws CertificateMutationError */
    async run<Input extends TargetInput, Order, Result extends object>(
      mutation: Mutation<Input, Account, Order, Result>,
      input: Input,
      operation: Operation,
    ): Promise<Result & { readonly dryRun: boolean }> {
      const dryRun = input.dryRun === true
      const result = await supervise(mutation, input, operation, async (progress) => {
        if (!writes) throw new CertificateForbiddenError(writesDisabled, 'FORBIDDEN')
        const order = mutation.check(input, operation)
        const account = await findAccount(input, operation)
        const toVisible = (error: ReadingFailure) =>
          withoutVendorMessage(operation, error instanceof UpstreamError ? classify(error) : error)
        const report: ReportError = (error) => toVisible(error).message
        try {
          return await attemptMutation(mutation, { operation, account, order, dryRun, report }, progress)
        } catch (error) {
          throw isReadingFailure(error) ? toVisible(error) : error
        }
      })
      return { ...result, dryRun }
    },

    /** The resolver of a mutation that the caller has no permission for: it writes the audit line and throws the error. */
    refuse: (
      _root: unknown,
      { input }: { readonly input: TargetInput },
      operation: Operation,
      { fieldName }: { readonly fieldName: string },
      error: Error,
    ): Promise<never> => supervise({ name: fieldName }, input, operation, () => Promise.reject(error)),
  }
}

async function attemptMutation<Account extends { readonly client: WritableClient }, Order, Result>(
  mutation: Mutation<never, Account, Order, Result>,
  attempt: Attempt<Account, Order>,
  progress: Progress,
): Promise<Result> {
  const { account, operation, order, report } = attempt
  const guarded = async () => ({ ...attempt, order: (await mutation.guard?.(attempt)) ?? order })
  if (attempt.dryRun) return mutation.preview(await guarded())
  const change = async () => {
    const ready = await guarded()
    return sendChange(
      {
        client: account.client,
        send: (context) => mutation.send(ready, context),
        verify: () => mutation.verify(ready),
        report,
      },
      operation,
      progress,
    )
  }
  const lock = mutation.lock?.(account)
  return lock ? lock.run(change) : change()
}

const writesDisabled = 'changes are disabled; set `writes: enabled` in the configuration to allow them'

const notSent = new UpstreamError(
  'UPSTREAM_TIMEOUT',
  'the operation ended before the change was sent; nothing was changed',
)

function codeOf(error: unknown): string {
  return error instanceof CertificateMutationError ? error.code : 'INTERNAL_SERVER_ERROR'
}
