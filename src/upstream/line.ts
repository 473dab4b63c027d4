import { Breaker } from './breaker.ts'
import { Budget } from './budget.ts'
import type { Errand, Sender } from './errand.ts'
import type { Operation } from './operation.ts'
import type { Identity } from './replicas.ts'
import { Slots } from './slots.ts'
import { untilAborted } from './timeout.ts'
import type { Upstream } from './upstream.ts'

/** Calls of one account that may wait for their turn. Who comes later is told so at once. */
const mostWaiting = 1_000

/** The budget that all who have this identity take from. */
export function createBudget({ clock, replicas, settings }: Upstream, identity: Identity): Budget {
  return new Budget(clock, replicas.ledger(identity, settings.limits), mostWaiting)
}

/** What all calls for one account share: how many are in flight, the budget they take from, and the circuit they go through. */
export class Line {
  readonly budget: Budget
  readonly slots: Slots
  readonly #breaker: Breaker
  readonly #upstream: Upstream

  constructor(
    upstream: Upstream,
    { provider, brand }: { readonly provider: string; readonly brand: string },
    budget: Budget,
  ) {
    this.#upstream = upstream
    this.budget = budget
    this.slots = new Slots(upstream.settings.concurrency)
    this.#breaker = new Breaker(upstream.clock, brand, {
      opened: (reason) => {
        const cause = reason.cause instanceof Error ? reason.cause.message : undefined
        upstream.log.warn({ provider, code: reason.code, ...reason.details, cause }, reason.message)
        budget.refuse(this.slots, reason)
      },
      closed: () => upstream.log.info({ provider }, `${brand} answers again and is called as before`),
    })
  }

  /** Nothing has failed lately. */
  get calm(): boolean {
    return this.#breaker.calm
  }

  /** Sends calls for a reading. @throws UpstreamError UPSTREAM_CIRCUIT_OPEN when the account has failed too often */
  async run<Value>(sender: Sender, work: (errand: Errand) => Promise<Value>): Promise<Value> {
    const passage = this.#breaker.enter()
    try {
      const value = await work({ ...sender, passage })
      passage.end()
      return value
    } catch (error) {
      passage.end(error)
      throw error
    }
  }

  /**
   * Sends calls that change something: until the first one goes they end with their operation, from then on nobody can
   * take them back. A vendor that has failed too often is not called.
   */
  async runChange<Value>(operation: Operation, work: (errand: Errand) => Promise<Value>): Promise<Value> {
    operation.signal.throwIfAborted()
    const end = new AbortController()
    const leave = () => end.abort(operation.signal.reason)
    return work({
      signal: end.signal,
      remaining: () => operation.deadline - this.#upstream.clock.now(),
      waits(turn) {
        operation.signal.removeEventListener('abort', leave)
        if (!turn) return
        if (operation.signal.aborted) leave()
        if (turn.at > operation.deadline) end.abort(turn.error())
        operation.signal.addEventListener('abort', leave)
      },
      sent: operation.sent,
      passage: this.#breaker.passage,
    })
  }

  /** Sends calls that one operation alone needs: they end with it, and wait for no turn that comes after its deadline. */
  async runWithin<Value>(operation: Operation, work: (errand: Errand) => Promise<Value>): Promise<Value> {
    // What runs on after the operation has ended must not begin anything for it.
    operation.signal.throwIfAborted()
    const tooLate = new AbortController()
    const signal = AbortSignal.any([operation.signal, tooLate.signal])
    const sender: Sender = {
      signal,
      remaining: () => operation.deadline - this.#upstream.clock.now(),
      waits(turn) {
        if (turn && turn.at > operation.deadline) tooLate.abort(turn.error())
      },
      sent: operation.sent,
    }
    return untilAborted(work({ ...sender, passage: this.#breaker.passage }), signal)
  }
}
