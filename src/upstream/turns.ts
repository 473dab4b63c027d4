import type { Account } from './account.ts'
import { BudgetFull } from './budget.ts'
import type { Clock } from './clock.ts'
import type { Errand, Turn } from './errand.ts'
import { UpstreamError } from './error.ts'
import type { Claim } from './lane.ts'
import type { Line } from './line.ts'
import { secondsUntil } from './retry-after.ts'

/** Makes a call when its turn comes. */
export type TakeTurn = <Value>(
  call: { readonly resource: string; readonly errand: Errand },
  before: Before,
  send: () => Promise<Value>,
) => Promise<Value>

/** What came of the call before. */
interface Before {
  /** It is made again because it failed. */
  readonly failure: UpstreamError | undefined
  /** It waits because the vendor asked for patience. */
  readonly refusal: UpstreamError | undefined
}

/** The turns of one account's calls in its budget. Who waits is told when the turn will come, and what to say if that is too late. */
export function createTurns(
  { budget, slots }: Line,
  { provider, brand }: Pick<Account, 'provider' | 'brand'>,
  clock: Clock,
): TakeTurn {
  function toTurn(resource: string, at: number, refusal?: UpstreamError): Turn {
    const error = () => {
      const wait = { provider, retryAfterSeconds: secondsUntil(at, clock.now()) }
      if (refusal) return new UpstreamError(refusal.code, refusal.message, { ...refusal.details, ...wait })
      const told = budget.isPaused(resource) ? { ...wait, httpStatus: 429 } : wait
      return new UpstreamError('UPSTREAM_RATE_LIMITED', spent(resource), told)
    }
    return { at, error }
  }

  /** Nothing of what was called for: that may be a place which is nothing to tell to everybody. */
  function spent(resource: string): string {
    if (budget.isPaused(resource))
      return `${brand} has answered 429 to a call for ${resource}, and is not called until it wants to be`
    const { limit } = budget.status(resource) ?? {}
    const often = limit ? `at most ${limit.calls} times in ${limit.window / 1000} s` : 'only now and then'
    return `${brand} is asked for ${resource} ${often}, and all of that is taken`
  }

  async function take(claim: Claim): Promise<void> {
    try {
      await budget.take(claim)
    } catch (reason) {
      throw reason instanceof BudgetFull ? toTurn(claim.resource, reason.turn).error() : reason
    }
  }

  return async ({ resource, errand }, { failure, refusal }, send) => {
    const { signal, passage } = errand
    passage.check()
    const giveUp = new AbortController()
    const foresee = (at: number) => {
      // What is made again has failed: rather tell why than wait for longer than its sender has left.
      if (failure && at - clock.now() > errand.remaining()) giveUp.abort(failure)
      else errand.waits(toTurn(resource, at, refusal))
    }
    // It may have to wait for a slot, too.
    errand.waits(toTurn(resource, clock.now(), refusal))
    await take({ resource, slots, foresee, signal: AbortSignal.any([signal, giveUp.signal]) })
    try {
      errand.waits(null)
      passage.check()
      signal.throwIfAborted()
      return await send()
    } finally {
      budget.release(slots)
    }
  }
}
