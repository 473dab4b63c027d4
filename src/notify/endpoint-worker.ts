import type { Logger } from 'pino'
import type { ChangeFeed } from '../changes/change.ts'
import type { NotifyEndpoint } from '../config/notify.ts'
import { Mutex } from '../upstream/concurrency.ts'
import { LeaseLostError, type SharedLease } from '../upstream/shared-lease.ts'
import { type AttemptDependencies, type AttemptResult, attemptDelivery } from './attempt.ts'
import { afterAttempt, type Delivery } from './delivery.ts'
import { logAttempt, stoppedText } from './delivery-log.ts'
import { newEndpointState, type QueuedMessage } from './endpoint-state.ts'
import { EndpointStore, type HeldState, type NextState, type NotifyTexts } from './endpoint-store.ts'
import { settingsDigest } from './message-id.ts'
import { addMessages, endMessage, flushSummary, nextFlush } from './message-limit.ts'
import { MessageMaker, type MessageSources } from './message-maker.ts'

export interface WorkerDependencies extends AttemptDependencies, MessageSources {
  readonly log: Logger
  readonly feed: ChangeFeed
  readonly texts: NotifyTexts
  /** Whether what replicas share can be read. */
  isShared(): boolean
  /** From 0 to 1. */
  random(): number
  /** Counts the attempts. */
  onAttempt?(endpoint: string, outcome: DeliveryOutcome): void
}

/** How an attempt has ended, as it is counted. */
type DeliveryOutcome = AttemptResult['kind'] | 'given_up'

/** The lease of the endpoint. */
interface Hold {
  /** Aborts when another process may have it. */
  readonly lost: AbortSignal
  /** @throws LeaseLostError when another process may have it */
  assertHeld(): void
}

/** What is known of an endpoint by the process that sends to it. */
export interface EndpointStatus {
  readonly label: string
  readonly queued: number
  /** Milliseconds since the oldest message in the queue was made; null when it is empty. */
  readonly oldestAge: number | null
  /** Why the last attempt failed; null when it succeeded, or there was none. */
  readonly failure: string | null
  /** Whether the receiver wants no more messages. */
  readonly isStopped: boolean
}

/** Milliseconds until the sources are looked at again. */
const sourceInterval = 10_000
/** Milliseconds until a process without the lease tries to get it, and until one that has failed begins again. */
const leaseInterval = 2_000
/** Milliseconds that an attempt may still take when the program stops. */
const grace = 2_000
/** The longest wait without anything to send. */
const longestWait = 3_600_000

/**
 * Sends what happens to one endpoint. Of all processes and replicas, the one with the lease does so: it continues where the
 * one before has stopped.
 */
export class EndpointWorker {
  readonly #endpoint: NotifyEndpoint
  readonly #dependencies: WorkerDependencies
  readonly #store: EndpointStore
  readonly #maker: MessageMaker
  readonly #settings: string
  readonly #closed = new AbortController()
  readonly #updates = new Mutex()
  #running: Promise<void> | null = null
  /** Null while another process has the lease. */
  #held: HeldState | null = null
  #failure: string | null = null
  #wake = () => {}

  constructor(endpoint: NotifyEndpoint, key: string, dependencies: WorkerDependencies) {
    this.#endpoint = endpoint
    this.#dependencies = dependencies
    this.#settings = settingsDigest(endpoint)
    this.#store = new EndpointStore(dependencies.texts, key, dependencies.clock)
    this.#maker = new MessageMaker(endpoint, key, dependencies, dependencies.texts.crossings)
  }

  start(lease: SharedLease): void {
    this.#running ??= this.#run(lease)
  }

  /** Ends the worker. An attempt in progress has a short time. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#running
  }

  /** Null while another process sends to the endpoint. */
  status(): EndpointStatus | null {
    if (!this.#held) return null
    const { queue, stoppedWith } = this.#held.state
    const now = this.#dependencies.clock.elapsed()
    const created = queue.map(({ createdAt }) => createdAt)
    return {
      label: this.#endpoint.label,
      queued: queue.length,
      oldestAge: created.length === 0 ? null : Math.max(0, now - Math.min(...created)),
      failure: this.#failure,
      isStopped: stoppedWith !== null,
    }
  }

  async #run(lease: SharedLease): Promise<void> {
    const { log, clock } = this.#dependencies
    const closed = this.#closed.signal
    while (!closed.aborted) {
      try {
        await lease.tryRun((lost, assertHeld) => this.#hold({ lost, assertHeld }))
      } catch (error) {
        const { label: endpoint } = this.#endpoint
        if (!closed.aborted && !(error instanceof LeaseLostError))
          log.error({ err: error, endpoint }, 'notifications are interrupted, and begin again in a few seconds')
      }
      await clock.sleep(leaseInterval, closed).catch(() => {})
    }
  }

  /** Sends until the program stops or the lease is lost. */
  async #hold(hold: Hold): Promise<void> {
    const failed = new AbortController()
    const signal = AbortSignal.any([this.#closed.signal, hold.lost, failed.signal])
    const tasks = [this.#followChanges, this.#watchSources, this.#deliver].map((task) => async () => {
      try {
        await task.call(this, signal, hold)
      } catch (error) {
        if (signal.aborted) return
        failed.abort()
        throw error
      }
    })
    try {
      await this.#load(hold)
      await Promise.all(tasks.map((task) => task()))
    } finally {
      this.#held = null
      this.#failure = null
    }
  }

  async #load(hold: Hold): Promise<void> {
    const { feed, log, isShared } = this.#dependencies
    const { label: endpoint } = this.#endpoint
    const [kept, last] = [await this.#store.load(), await feed.last()]
    // An endpoint that seems to be new would begin at the wrong position.
    if (!isShared()) throw new Error('what is kept of endpoints cannot be read: Redis is not available')
    if (kept === 'unreadable') log.warn({ endpoint }, 'what was kept of the endpoint is not readable: it begins anew')
    else if (kept && (kept.state.stoppedWith === null || kept.state.stoppedWith === this.#settings)) {
      const { state } = kept
      // All changes of a history that has begun again are new.
      const isSame = state.position <= last && (state.lastId === null || feed.sequenceOf(state.lastId) !== null)
      this.#held = isSame ? kept : { ...kept, state: { ...state, position: 0, lastId: null } }
      if (state.stoppedWith !== null) log.error({ endpoint }, stoppedText)
      return
    }
    await this.#save(null, { state: newEndpointState(last), outages: new Map(), added: [] }, hold)
  }

  async #followChanges(signal: AbortSignal, hold: Hold): Promise<void> {
    const { feed, clock } = this.#dependencies
    while (!signal.aborted) {
      for await (const changes of feed.follow(this.#held?.state.position ?? 0, signal)) {
        const latest = changes.at(-1)
        await this.#update(hold, async ({ state, outages }) => {
          const next = latest ? { ...state, position: latest.sequence, lastId: latest.id } : state
          const messages = state.stoppedWith === null ? await this.#maker.ofChanges(changes, signal) : []
          return { ...addMessages(next, messages, clock.elapsed()), outages }
        })
      }
      // The feed ends with the signal. Should it end before, it is followed again.
      if (!signal.aborted) await clock.sleep(leaseInterval, signal)
    }
  }

  async #watchSources(signal: AbortSignal, hold: Hold): Promise<void> {
    const { clock } = this.#dependencies
    for (;;) {
      await this.#update(hold, async ({ state, outages: before }) => {
        const { outages, messages } = this.#maker.ofSources(before)
        return { ...addMessages(state, state.stoppedWith === null ? messages : [], clock.elapsed()), outages }
      })
      await clock.sleep(sourceInterval, signal)
    }
  }

  async #deliver(signal: AbortSignal, hold: Hold): Promise<void> {
    const { clock } = this.#dependencies
    while (!signal.aborted) {
      if (this.#held?.state.summary)
        await this.#update(hold, async ({ state, outages }) => ({ ...flushSummary(state, clock.elapsed()), outages }))
      if (!this.#held) return
      const { state } = this.#held
      const now = clock.elapsed()
      const due = state.stoppedWith === null ? firstDue(state.queue) : null
      const at = due && Math.max(due.nextAt, state.pausedUntil ?? due.nextAt)
      if (due && at !== null && at <= now) await this.#attempt(due, hold)
      else await this.#wait(Math.min(at ?? now + longestWait, nextFlush(state, now) ?? now + longestWait) - now, signal)
    }
  }

  async #attempt(message: QueuedMessage, hold: Hold): Promise<void> {
    const { clock, log, random, onAttempt } = this.#dependencies
    const { label: endpoint } = this.#endpoint
    const result = await this.#send(message, hold)
    if (!result) return
    let delivery: Delivery | undefined
    await this.#update(hold, async ({ state, outages }) => {
      const now = clock.elapsed()
      delivery = afterAttempt(state, message, result, { now, random: random(), settings: this.#settings })
      return { state: delivery.state, outages, added: [] }
    })
    if (!delivery) return
    this.#failure = result.kind === 'delivered' ? null : result.reason
    onAttempt?.(endpoint, result.kind)
    if (delivery.isGivenUp) onAttempt?.(endpoint, 'given_up')
    logAttempt(log, endpoint, message, result, delivery)
  }

  /** Null when the outcome is not known, or the message was lost. A message is sent again then, with the same id. */
  async #send(message: QueuedMessage, hold: Hold): Promise<AttemptResult | null> {
    const { clock, log } = this.#dependencies
    const { id } = message
    const body = await this.#store.body(id)
    if (body === null) {
      log.error(
        { endpoint: this.#endpoint.label, messageId: id },
        'a notification was lost: its text is not kept any more',
      )
      await this.#update(hold, async ({ state, outages }) => {
        return { state: endMessage(state, id, clock.elapsed()), outages, added: [] }
      })
      return null
    }
    hold.assertHeld()
    const ending = new AbortController()
    const end = () => clock.timer(grace, () => ending.abort())
    this.#closed.signal.addEventListener('abort', end, { once: true })
    try {
      const signal = AbortSignal.any([ending.signal, hold.lost])
      return await attemptDelivery(this.#endpoint, { id, body }, this.#dependencies, signal)
    } catch (error) {
      if (ending.signal.aborted || hold.lost.aborted) return null
      throw error
    } finally {
      this.#closed.signal.removeEventListener('abort', end)
    }
  }

  /** Changes what is held. It is kept before anything is sent that depends on it. */
  async #update(hold: Hold, change: (held: HeldState) => Promise<NextState>): Promise<void> {
    await this.#updates.run(async () => {
      const before = this.#held
      if (!before) return
      const next = await change(before)
      if (next.state !== before.state || next.outages !== before.outages) await this.#save(before, next, hold)
    })
    this.#wake()
  }

  async #save(before: HeldState | null, next: NextState, { assertHeld }: Hold): Promise<void> {
    assertHeld()
    await this.#store.save(before, next)
    this.#held = { state: next.state, outages: next.outages }
  }

  /** Waits this long, or until something is changed. */
  async #wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#dependencies.clock
      .sleep(Math.max(0, milliseconds), AbortSignal.any([signal, woken.signal]))
      .catch(() => {})
    this.#wake = () => {}
  }
}

function firstDue(queue: readonly QueuedMessage[]): QueuedMessage | null {
  return queue.reduce<QueuedMessage | null>(
    (first, each) => (first && first.nextAt <= each.nextAt ? first : each),
    null,
  )
}
