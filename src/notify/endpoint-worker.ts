import type { Logger } from 'pino'
import type { ChangeFeed, RecordedChange } from '../changes/change.ts'
import type { NotifyEndpoint } from '../config/notify.ts'
import type { KnownSource } from '../providers/source-states.ts'
import { responseTime } from '../response-time.ts'
import { visitInSlices } from '../time-slice.ts'
import { Mutex } from '../upstream/concurrency.ts'
import type { KeptTexts } from '../upstream/kept-texts.ts'
import type { Redact } from '../upstream/redact.ts'
import type { SharedLease } from '../upstream/shared-lease.ts'
import { type AttemptDependencies, type AttemptResult, attemptDelivery } from './attempt.ts'
import { createEventsOf, type EventSources } from './certificate-events.ts'
import { Crossings, crossingKey, isCrossing } from './crossings.ts'
import { afterAttempt, type Delivery } from './delivery.ts'
import { type EndpointState, newEndpointState, parseState, printState, type QueuedMessage } from './endpoint-state.ts'
import { acceptsChange, acceptsSource } from './event-filter.ts'
import { messageId, settingsDigest } from './message-id.ts'
import { addMessage, flushSummary, nextFlush } from './message-limit.ts'
import { findOutages } from './outages.ts'
import { toCertificatePayload, toSourcePayload } from './payload.ts'

export interface WorkerDependencies extends AttemptDependencies {
  readonly log: Logger
  readonly feed: ChangeFeed
  readonly sources: EventSources
  listSources(): readonly KnownSource[]
  /** Whether what replicas share can be read. */
  isShared(): boolean
  /** The states of endpoints. */
  readonly states: KeptTexts
  /** The thresholds that endpoints were notified of. */
  readonly crossings: KeptTexts
  readonly publicUrl: string | null
  readonly redact: Redact
  /** From 0 to 1. */
  random(): number
  /** Counts the attempts. */
  onAttempt?(endpoint: string, outcome: DeliveryOutcome): void
}

/** How an attempt has ended, as it is counted. */
export type DeliveryOutcome = AttemptResult['kind'] | 'given_up'

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
/** Milliseconds after an unexpected error, or a lost lease. */
const restartDelay = 5_000
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
  readonly #key: string
  readonly #dependencies: WorkerDependencies
  readonly #crossings: Crossings
  readonly #settings: string
  readonly #closed = new AbortController()
  readonly #updates = new Mutex()
  #running: Promise<void> | null = null
  /** Null while another process has the lease. */
  #state: EndpointState | null = null
  #failure: string | null = null
  #wake = () => {}

  constructor(endpoint: NotifyEndpoint, key: string, dependencies: WorkerDependencies) {
    this.#endpoint = endpoint
    this.#key = key
    this.#dependencies = dependencies
    this.#settings = settingsDigest(endpoint)
    this.#crossings = new Crossings(dependencies.crossings, key, () => dependencies.clock.now())
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
    if (!this.#state) return null
    const { queue, stoppedWith } = this.#state
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
        await lease.run(closed, (lost) => this.#hold(lost))
      } catch (error) {
        if (!closed.aborted)
          log.error(
            { err: error, endpoint: this.#endpoint.label },
            'notifications are interrupted by an unexpected error',
          )
      }
      await clock.sleep(restartDelay, closed).catch(() => {})
    }
  }

  /** Sends until the program stops, the lease is lost, or the receiver wants no more. */
  async #hold(lost: AbortSignal): Promise<void> {
    const failed = new AbortController()
    const signal = AbortSignal.any([this.#closed.signal, lost, failed.signal])
    const tasks = [this.#followChanges, this.#watchSources, this.#deliver]
    try {
      await this.#load(lost)
      await Promise.all(
        tasks.map((task) =>
          task.call(this, signal, lost).catch((error: unknown) => {
            if (signal.aborted) return
            failed.abort()
            throw error
          }),
        ),
      )
    } finally {
      this.#state = null
      this.#failure = null
    }
  }

  async #load(lost: AbortSignal): Promise<void> {
    const { states, clock, feed, log, isShared } = this.#dependencies
    const { label } = this.#endpoint
    const text = await states.get(this.#key)
    const [kept, last] = [text === null ? null : parseState(text, clock), await feed.last()]
    // An endpoint that seems to be new would begin at the wrong position.
    if (!isShared()) throw new Error('what is kept of endpoints cannot be read: Redis is not available')
    if (kept && (kept.stoppedWith === null || kept.stoppedWith === this.#settings)) {
      // All changes of a history that has begun again are new.
      const isSame = kept.position <= last && (kept.lastId === null || feed.sequenceOf(kept.lastId) !== null)
      this.#state = isSame ? kept : { ...kept, position: 0, lastId: null }
      if (kept.stoppedWith !== null) log.error({ endpoint: label }, stoppedText)
      return
    }
    if (text !== null && !kept)
      log.warn({ endpoint: label }, 'what was kept of the endpoint is not readable: it begins anew')
    await this.#save(newEndpointState(last), lost)
  }

  async #followChanges(signal: AbortSignal, lost: AbortSignal): Promise<void> {
    const { feed } = this.#dependencies
    while (!signal.aborted) {
      for await (const changes of feed.follow(this.#state?.position ?? 0, signal))
        await this.#update(lost, (state) => this.#addChanges(state, changes, signal))
      // The feed ends with the signal. Should it end before, it is followed again.
      if (!signal.aborted) await this.#dependencies.clock.sleep(restartDelay, signal)
    }
  }

  async #addChanges(
    state: EndpointState,
    changes: readonly RecordedChange[],
    signal: AbortSignal,
  ): Promise<EndpointState> {
    const { sources, clock, publicUrl, redact } = this.#dependencies
    const last = changes.at(-1)
    if (!last) return state
    let next: EndpointState = { ...state, position: last.sequence, lastId: last.id }
    if (state.stoppedWith !== null) return next
    const eventsOf = await createEventsOf(changes, sources, signal)
    const events: ReturnType<typeof eventsOf>[number][] = []
    await visitInSlices(changes, responseTime, (change) => {
      const accepted = eventsOf(change).find((event) => acceptsChange(this.#endpoint, event))
      if (accepted) events.push(accepted)
    })
    for (const event of events) {
      if (responseTime.isOver()) await responseTime.next()
      const { change, status } = event
      if (isCrossing(change) && !(await this.#crossings.add(change))) continue
      const id = messageId(this.#key, isCrossing(change) ? crossingKey(change) : change.id)
      const payload = toCertificatePayload(event, { publicUrl, redact, expiry: sources.expiry })
      next = addMessage(next, { id, payload, status, at: change.at }, clock.elapsed())
    }
    return next
  }

  async #watchSources(signal: AbortSignal, lost: AbortSignal): Promise<void> {
    const { clock } = this.#dependencies
    for (;;) {
      await this.#update(lost, async (state) => this.#addOutages(state))
      await clock.sleep(sourceInterval, signal)
    }
  }

  #addOutages(state: EndpointState): EndpointState {
    const { listSources, clock, redact } = this.#dependencies
    const { places } = this.#endpoint
    const sources = listSources().filter(({ place }) => places?.includes(place.vendorId) ?? true)
    const { outages, events } = findOutages(sources, state.outages, clock.now())
    let next = outages === state.outages ? state : { ...state, outages }
    if (state.stoppedWith !== null) return next
    for (const event of events.filter((each) => acceptsSource(this.#endpoint, each))) {
      const id = messageId(this.#key, event.kind, event.place.id, event.sourceKind, event.since)
      const payload = toSourcePayload(event, { redact })
      next = addMessage(next, { id, payload, status: null, at: event.at }, clock.elapsed())
    }
    return next
  }

  async #deliver(signal: AbortSignal, lost: AbortSignal): Promise<void> {
    const { clock } = this.#dependencies
    while (!signal.aborted) {
      const summarized = this.#state?.summary ?? null
      if (summarized) await this.#update(lost, async (state) => flushSummary(state, clock.elapsed()))
      const state = this.#state
      if (!state) return
      const now = clock.elapsed()
      const due = state.stoppedWith === null ? firstDue(state.queue) : null
      const at = due && Math.max(due.nextAt, state.pausedUntil ?? 0)
      if (due && at !== null && at <= now) await this.#attempt(due, lost)
      else await this.#wait(Math.min(at ?? longestWait + now, nextFlush(state, now) ?? longestWait + now) - now, signal)
    }
  }

  async #attempt(message: QueuedMessage, lost: AbortSignal): Promise<void> {
    const { clock, random, onAttempt } = this.#dependencies
    const ending = new AbortController()
    const end = () => clock.timer(grace, () => ending.abort())
    this.#closed.signal.addEventListener('abort', end, { once: true })
    let result: AttemptResult
    try {
      result = await attemptDelivery(
        this.#endpoint,
        message,
        this.#dependencies,
        AbortSignal.any([ending.signal, lost]),
      )
    } catch (error) {
      // The outcome is not known: the message is sent again, with the same id.
      if (ending.signal.aborted || lost.aborted) return
      throw error
    } finally {
      this.#closed.signal.removeEventListener('abort', end)
    }
    let delivery: Delivery | undefined
    await this.#update(lost, async (state) => {
      delivery = afterAttempt(state, message, result, {
        now: clock.elapsed(),
        random: random(),
        settings: this.#settings,
      })
      return delivery.state
    })
    if (!delivery) return
    this.#failure = result.kind === 'delivered' ? null : result.reason
    onAttempt?.(this.#endpoint.label, result.kind)
    if (delivery.isGivenUp) onAttempt?.(this.#endpoint.label, 'given_up')
    this.#report(message, result, delivery)
  }

  #report(
    { id, type, attempts }: QueuedMessage,
    result: AttemptResult,
    { isGivenUp, retryIn, dropped }: Delivery,
  ): void {
    const { log } = this.#dependencies
    const attempt = { endpoint: this.#endpoint.label, messageId: id, type, attempt: attempts + 1 }
    if (result.kind === 'delivered') log.info({ ...attempt, status: result.status }, 'notification delivered')
    else if (result.kind === 'gone') log.error({ ...attempt, reason: result.reason, dropped }, stoppedText)
    else if (isGivenUp)
      log.error({ ...attempt, reason: result.reason }, 'notification given up: no attempt of a day has succeeded')
    else {
      const retryInSeconds = Math.round((retryIn ?? 0) / 1000)
      log.warn({ ...attempt, reason: result.reason, retryInSeconds }, 'notification not delivered')
    }
  }

  /** Changes what is kept. It is kept before anything is sent that depends on it. */
  async #update(lost: AbortSignal, change: (state: EndpointState) => Promise<EndpointState>): Promise<void> {
    await this.#updates.run(async () => {
      if (!this.#state) return
      const next = await change(this.#state)
      if (next !== this.#state) await this.#save(next, lost)
    })
    this.#wake()
  }

  async #save(state: EndpointState, lost: AbortSignal): Promise<void> {
    const { states, clock } = this.#dependencies
    lost.throwIfAborted()
    await states.set(this.#key, printState(state, clock))
    this.#state = state
  }

  /** Waits this long, or until something is changed. */
  async #wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#dependencies.clock
      .sleep(Math.max(0, Math.min(milliseconds, longestWait)), AbortSignal.any([signal, woken.signal]))
      .catch(() => {})
    this.#wake = () => {}
  }
}

const stoppedText =
  'the receiver has answered 410: nothing is sent to the endpoint until its settings change; its messages are dropped'

function firstDue(queue: readonly QueuedMessage[]): QueuedMessage | null {
  return queue.reduce<QueuedMessage | null>(
    (first, each) => (first && first.nextAt <= each.nextAt ? first : each),
    null,
  )
}
