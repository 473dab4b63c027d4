import type { Operation } from '../../operation.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { Semaphore } from '../rate-limit/call-queue.ts'
import { RateLimiter } from '../rate-limit/rate-limiter.ts'
import type { Identity } from '../replicas.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import type { CallContext, CallOptions } from './context.ts'
import { untilAborted } from './timeout.ts'

/** Calls of one account that may wait for their turn. Who comes later is told so at once. */
const mostWaiting = 1_000

/** The budget that all who have this identity take from. */
export function createRateLimiter(
  { clock, replicas, settings }: UpstreamDependencies,
  identity: Identity,
): RateLimiter {
  return new RateLimiter(clock, replicas.rateLimitStore(identity, settings.limits), mostWaiting)
}

/** What all calls for one account share: how many are in flight, the budget they take from, and the circuit they go through. */
export class ResiliencePipeline {
  readonly rateLimiter: RateLimiter
  readonly semaphore: Semaphore
  readonly #breaker: CircuitBreaker
  readonly #upstream: UpstreamDependencies

  constructor(
    upstream: UpstreamDependencies,
    { provider, brand }: { readonly provider: string; readonly brand: string },
    budget: RateLimiter,
  ) {
    this.#upstream = upstream
    this.rateLimiter = budget
    this.semaphore = new Semaphore(upstream.settings.concurrency)
    this.#breaker = new CircuitBreaker(upstream.clock, brand, {
      opened: (reason) => {
        const cause = reason.cause instanceof Error ? reason.cause.message : undefined
        upstream.log.warn({ provider, code: reason.code, ...reason.details, cause }, reason.message)
        budget.rejectAll(this.semaphore, reason)
      },
      closed: () => upstream.log.info({ provider }, `${brand} answers again and is called as before`),
    })
  }

  /** Nothing has failed lately. */
  get isHealthy(): boolean {
    return this.#breaker.isHealthy
  }

  /** Sends calls for a reading. @throws UpstreamError UPSTREAM_CIRCUIT_OPEN when the account has failed too often */
  async runReading<Value>(sender: CallOptions, work: (context: CallContext) => Promise<Value>): Promise<Value> {
    const permit = this.#breaker.acquire()
    try {
      const value = await work({ ...sender, permit })
      permit.end()
      return value
    } catch (error) {
      permit.end(error)
      throw error
    }
  }

  /**
   * Sends calls that change something: until the first one goes they end with their operation, from then on nobody can
   * take them back. A vendor that has failed too often is not called.
   */
  async runChange<Value>(operation: Operation, work: (context: CallContext) => Promise<Value>): Promise<Value> {
    operation.signal.throwIfAborted()
    const end = new AbortController()
    const leave = () => end.abort(operation.signal.reason)
    return work({
      signal: end.signal,
      remaining: () => operation.deadline - this.#upstream.clock.now(),
      onQueued(turn) {
        operation.signal.removeEventListener('abort', leave)
        if (!turn) return
        if (operation.signal.aborted) leave()
        if (turn.at > operation.deadline) end.abort(turn.error())
        operation.signal.addEventListener('abort', leave)
      },
      onCall: operation.onCall,
      permit: this.#breaker.permit,
    })
  }

  /** Sends calls that one operation alone needs: they end with it, and wait for no turn that comes after its deadline. */
  async runForOperation<Value>(operation: Operation, work: (context: CallContext) => Promise<Value>): Promise<Value> {
    // What runs on after the operation has ended must not begin anything for it.
    operation.signal.throwIfAborted()
    const tooLate = new AbortController()
    const signal = AbortSignal.any([operation.signal, tooLate.signal])
    const sender: CallOptions = {
      signal,
      remaining: () => operation.deadline - this.#upstream.clock.now(),
      onQueued(turn) {
        if (turn && turn.at > operation.deadline) tooLate.abort(turn.error())
      },
      onCall: operation.onCall,
    }
    return untilAborted(work({ ...sender, permit: this.#breaker.permit }), signal)
  }
}
