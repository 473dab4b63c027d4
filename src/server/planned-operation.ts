import type { ExecutionResult } from 'graphql'
import { CallPlan } from '../call-plan.ts'
import type { Caller } from '../operation.ts'
import type { ExecutedOperation } from './executed-operation.ts'
import { isPlanOnly, planHeader } from './plan-header.ts'
import { RequestError } from './request-error.ts'

/** What the plans of operations are made with. */
export interface PlanOptions {
  /** Whether an operation selects fields that need a call for a certificate. */
  selectsCalls(operation: ExecutedOperation): boolean
  /** Whether the error stands for the result of a planned call. */
  isPlannedCall(error: Error): boolean
}

/** The plan of a request that wants no more; undefined for any other one. @throws RequestError for a mutation */
export function beginPlan(
  request: Pick<Request, 'headers'>,
  { places }: Pick<Caller, 'places'>,
  isQuery: boolean,
): CallPlan | undefined {
  if (!isPlanOnly(request)) return undefined
  if (isQuery) return new CallPlan(places)
  throw new RequestError('BAD_USER_INPUT', `The header ${planHeader} is for queries: a mutation was not executed.`)
}

/** @throws RequestError when only the plan of a subscription is wanted */
export function rejectPlan(request: Pick<Request, 'headers'>): void {
  if (!isPlanOnly(request)) return
  throw new RequestError('BAD_USER_INPUT', `The header ${planHeader} is for queries: a subscription was not started.`)
}

/** The calls in place of the data. An error that no call has caused, such as that of an argument, is in the answer. */
export function toPlanAnswer(
  plan: CallPlan,
  operation: ExecutedOperation,
  { errors = [] }: ExecutionResult,
  plans: PlanOptions | undefined,
): ExecutionResult {
  const others = errors.filter((error) => !plans?.isPlannedCall(error.originalError ?? error))
  const report = plan.toReport(plans?.selectsCalls(operation) ?? true)
  return { data: null, ...(others.length > 0 && { errors: others }), extensions: { plan: report } }
}
