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
  previous: UpstreamError | undefined,
  send: () => Promise<Value>,
) => Promise<Value>

/** The turns of one account's calls in its budget. Who waits is told when the turn will come, and what to say if that is too late. */
export function createTurns(
  { budget, slots }: Line,
  { provider, brand }: Pick<Account, 'provider' | 'brand'>,
  clock: Clock,
): TakeTurn {
  function toTurn(resource: string, at: number): Turn {
    const error = () => {
      const wait = { provider, retryAfterSeconds: secondsUntil(at, clock.now()) }
      const refusal = budget.refusal(resource)
      if (refusal) return new UpstreamError(refusal.code, refusal.message, { ...refusal.details, ...wait })
      return new UpstreamError('UPSTREAM_RATE_LIMITED', spent(resource), wait)
    }
    return { at, error }
  }

  function spent(resource: string): string {
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

  return async ({ resource, errand }, previous, send) => {
    const { signal, passage } = errand
    passage.check()
    const giveUp = new AbortController()
    const foresee = (at: number) => {
      // What is made again has failed: rather tell why than wait for longer than its sender has left.
      if (previous && at - clock.now() > errand.remaining()) giveUp.abort(previous)
      else errand.waits(toTurn(resource, at))
    }
    // It may have to wait for a slot, too.
    errand.waits(toTurn(resource, clock.now()))
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
