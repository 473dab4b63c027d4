import type { Operation } from '../../operation.ts'
import type { UpstreamError } from '../../upstream/error.ts'
import type { ExpectedChange } from '../../upstream/list-observer.ts'
import type { SharedLease } from '../../upstream/shared-lease.ts'
import type { AuditSubject } from './audit.ts'
import type { CertificateMutationError } from './error.ts'
import type { LateChanges, TakenAway } from './late-changes.ts'
import type { ErrorReport, SendContext } from './send.ts'

/**
 * One change at a vendor, as the steps that only this change has. They run in this order: `check`, `guard`, then `preview`
 * in a dry run, else `send`, and `verify` if a response is lost. With an idempotency key `verify` comes first: an earlier
 * request may have made the change. The runner does everything else.
 */
export interface Mutation<Input, Account, Change, Result> {
  /** The name of the GraphQL field and of the audit line. */
  readonly name: string
  /** Validates the input and returns the change to make. Makes no call. @throws InputError */
  check(input: Input, operation: Operation): Change
  /** The lease for a guard that a concurrent change would make invalid. It is held from the guard to the verification. */
  lease?(attempt: Attempt<Account, Change>): ChangeLease | null
  /**
   * Reads the vendor's lists and refuses a change that must not be sent. Returns the change, completed with what was read.
   * @param late what earlier changes under the same lease may still take away
   * @throws CertificateMutationError
   */
  guard?(attempt: Attempt<Account, Change>, late: LateChanges): Promise<Change>
  /** What the change takes away, and a later guard has to count as gone while it is not known whether the change arrives. */
  takenAway?(attempt: Attempt<Account, Change>): TakenAway | null
  /** The result of a dry run. */
  preview(attempt: Attempt<Account, Change>): Promise<Result>
  /** Makes the change. */
  send(attempt: Attempt<Account, Change>, context: SendContext): Promise<Result>
  /**
   * Reads the vendor's lists after a lost response, or before a request is sent that an earlier one may have made. Returns
   * null when they do not show the change.
   */
  verify(attempt: Attempt<Account, Change>): Promise<Result | null>
  /**
   * How the vendor's lists will change, to record who made the change. The result is null before the change is sent: what only
   * the vendor can tell is left out then.
   */
  expected?(attempt: Attempt<Account, Change>, result: Result | null): readonly ExpectedChange[]
  /** Ids that the vendor assigned, for the audit log. */
  assignedIds?(result: Result): AuditSubject
}

/** The lease under which a change is guarded and sent. */
interface ChangeLease {
  readonly lease: SharedLease
  /** The error when the lease cannot be acquired, for a reason; null for a change that is then sent without it. */
  readonly unavailable: ((reason: string) => CertificateMutationError) | null
}

/**
 * The request with the same idempotency key before this one. `unrecorded`: there is a key and no record. This is the first
 * request, or the record is lost.
 */
type EarlierRequest = 'none' | 'recorded' | 'unrecorded'

/** What the steps of a mutation work on. */
export interface Attempt<Account, Change> {
  readonly operation: Operation
  readonly account: Account
  readonly change: Change
  readonly dryRun: boolean
  /** Wall-clock time before the change was sent first: now, unless it repeats a request whose outcome is not known. */
  readonly sentAt: number
  readonly earlier: EarlierRequest
  readonly report: ErrorReport
}

/** What all mutations of a vendor have in common. */
export interface MutationTarget<Input, Account> {
  /** The vendor's ids in the input, for the audit log. They are not checked yet. */
  subject(input: Input): AuditSubject
  /** The account that the input names, if the caller may change it. @throws InputError */
  findAccount(input: Input, operation: Operation): Promise<Account>
  /** Corrects the code of an error for which the vendor uses an ambiguous status. */
  classify?(error: UpstreamError): UpstreamError
}
