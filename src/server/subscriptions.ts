import type { ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import type { Authenticate, Denial } from '../access/caller.ts'
import type { StreamLimits } from '../limits.ts'
import type { Caller } from '../operation.ts'
import type { Clock } from '../upstream/clock.ts'
import { RequestError } from './request-error.ts'
import type { Subscription } from './subscription.ts'
import { toCallerKey } from './unsent-answers.ts'

/** What serves subscriptions: the server of the configuration in use. */
export interface SubscriptionHost {
  readonly authenticate: Authenticate
  /** The result of an event; null when the caller may not see it. */
  execute(subscription: Subscription, event: unknown): Promise<ExecutionResult | null>
  /** Whether callers may send this document. */
  accepts(query: string): boolean
}

const retryAfterSeconds = 5

/** Milliseconds after which a token is checked again: its issuer may have revoked the key that it is signed with. */
const checkInterval = 60_000
const minCheckInterval = 1_000

/** Milliseconds that a client has to read the end of its stream when the process stops. */
const maxCompletionTime = 1_000

/** The open subscriptions of a process. Another configuration takes them over. */
export class Subscriptions {
  readonly #clock: Clock
  readonly #limits: () => StreamLimits
  readonly #open = new Set<Subscription>()
  readonly #countByCaller = new Map<string, number>()
  readonly #streamed = new WeakSet<ServerResponse>()
  readonly #waiting = new WeakMap<ServerResponse, () => void>()
  /** What cancels the next check of each subscription with a token. */
  readonly #nextChecks = new Map<Subscription, () => void>()
  #host: SubscriptionHost | null = null
  #isClosing = false

  /** @param limits those in force: read for each subscription */
  constructor(clock: Clock, limits: () => StreamLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** @throws Error before the first server exists */
  get host(): SubscriptionHost {
    if (!this.#host) throw new Error('no server for subscriptions')
    return this.#host
  }

  /** The first server serves the subscriptions until they are moved to another one. */
  begin(host: SubscriptionHost): void {
    this.#host ??= host
  }

  /** Counts a subscription until it ends. @throws RequestError when that exceeds a limit */
  add(subscription: Subscription): void {
    const { caller, request, signal } = subscription
    const key = toCallerKey({ caller, address: request.address })
    const count = this.#countByCaller.get(key) ?? 0
    const { open, perCaller } = this.#limits()
    if (count >= perCaller) throw toCallerLimitError(perCaller)
    if (this.#open.size >= open) throw toLimitError(open)
    this.#countByCaller.set(key, count + 1)
    this.#open.add(subscription)
    signal.addEventListener('abort', () => {
      this.#open.delete(subscription)
      this.#cancelCheck(subscription)
      const left = (this.#countByCaller.get(key) ?? 1) - 1
      if (left > 0) this.#countByCaller.set(key, left)
      else this.#countByCaller.delete(key)
    })
    if (request.response) {
      this.#streamed.add(request.response)
      this.#waiting.get(request.response)?.()
    }
    this.#scheduleCheck(subscription)
    if (this.#isClosing) this.#complete(subscription)
  }

  /** Resolves when the response is that of a subscription, and never for another one. */
  whenStreamed(response: ServerResponse): Promise<void> {
    if (this.#streamed.has(response)) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.set(response, resolve)
    })
  }

  /** Has another server deliver the further events. Ends the subscriptions that it does not accept. */
  async moveTo(host: SubscriptionHost): Promise<void> {
    this.#host = host
    await Promise.all([...this.#open].map((subscription) => this.#check(subscription)))
  }

  /** Completes all streams, and those that begin later. */
  close(): void {
    this.#isClosing = true
    for (const subscription of this.#open) this.#complete(subscription)
  }

  /** Completes a stream. One that its client does not read must not delay the end of the process. */
  #complete(subscription: Subscription): void {
    const { response } = subscription.request
    if (response) {
      const cancel = this.#clock.timer(maxCompletionTime, () => response.destroy())
      response.once('close', cancel)
    }
    subscription.end('shutdown')
  }

  #check(subscription: Subscription): Promise<void> {
    subscription.checked = this.#checkNow(subscription).catch(() => {
      subscription.end('failed', new RequestError('UNAUTHENTICATED', 'The credential could not be checked again.'))
    })
    return subscription.checked
  }

  async #checkNow(subscription: Subscription): Promise<void> {
    const { caller, request } = subscription
    const { authorization, address, query } = request
    const host = this.host
    if (!host.accepts(query)) return subscription.end('access_lost', toDocumentError())
    const now = await host.authenticate({ authorization, address })
    if ('reason' in now) {
      if (this.#isExpired(caller) || now.retryAfterSeconds === undefined)
        subscription.end('access_lost', new RequestError('UNAUTHENTICATED', messageOf(now)))
    } else {
      const lost = [...caller.permissions].filter((permission) => !now.permissions.has(permission))
      if (lost.length > 0) subscription.end('access_lost', toPermissionError(lost))
      subscription.caller = now
    }
    this.#scheduleCheck(subscription)
  }

  #isExpired({ expiresAt = Number.POSITIVE_INFINITY }: Caller): boolean {
    return this.#clock.now() >= expiresAt
  }

  /** Only a token becomes invalid by itself. */
  #scheduleCheck(subscription: Subscription): void {
    this.#cancelCheck(subscription)
    const { expiresAt } = subscription.caller
    if (expiresAt === undefined || subscription.reason !== null) return
    const wait = Math.max(minCheckInterval, Math.min(checkInterval, expiresAt - this.#clock.now()))
    const cancel = this.#clock.timer(wait, () => void this.#check(subscription))
    this.#nextChecks.set(subscription, cancel)
  }

  #cancelCheck(subscription: Subscription): void {
    this.#nextChecks.get(subscription)?.()
    this.#nextChecks.delete(subscription)
  }
}

function messageOf({ message }: Denial): string {
  return `${message} The stream has ended; subscribe again with a valid credential and \`after\`.`
}

function toPermissionError(lost: readonly string[]): RequestError {
  const message = `The caller has lost the scope ${lost.join(', ')}. The stream has ended; subscribe again with \`after\`.`
  return new RequestError('FORBIDDEN', message)
}

function toDocumentError(): RequestError {
  const message = 'The server accepts trusted documents only, and this one is not among them. The stream has ended.'
  return new RequestError('PERSISTED_QUERY_NOT_IN_LIST', message)
}

function toCallerLimitError(limit: number): RequestError {
  const message = `${limit} streams of yours are open, the limit per caller; close one, then retry.`
  return new RequestError('OVERLOADED', message, { status: 429, measured: { limit }, retryAfterSeconds })
}

function toLimitError(limit: number): RequestError {
  const message = `The server has ${limit} open streams, its limit; retry in a moment.`
  return new RequestError('OVERLOADED', message, { status: 503, measured: { limit }, retryAfterSeconds })
}
