import type { ChangeFeed } from '../changes/change.ts'
import type { NotifyEndpoint } from '../config/notify.ts'
import { toWallTime } from '../upstream/clock.ts'
import { LeaseLostError, type SharedLease } from '../upstream/shared-lease.ts'
import { type DeliveryDependencies, deliverMessages } from './deliver-messages.ts'
import { stoppedText } from './delivery-log.ts'
import { newEndpointState } from './endpoint-state.ts'
import { EndpointStore, type NotifyTexts } from './endpoint-store.ts'
import { HeldEndpoint, type Hold } from './held-endpoint.ts'
import { settingsDigest } from './message-id.ts'
import { addMessages } from './message-limit.ts'
import { MessageMaker, type MessageSources } from './message-maker.ts'

export interface WorkerDependencies extends DeliveryDependencies, MessageSources {
  readonly feed: ChangeFeed
  readonly texts: NotifyTexts
  /** Whether what replicas share can be read. */
  isShared(): boolean
}

/** What is known of an endpoint by the process that sends to it. */
export interface EndpointStatus {
  readonly label: string
  readonly queued: number
  /** Milliseconds since the oldest message in the queue was made; null when it is empty. */
  readonly oldestAge: number | null
  /** Why the last attempt failed; null when it succeeded, or there was none. */
  readonly failure: string | null
  /** Wall-clock time until which nothing is sent, because the receiver has asked for it; null when nothing prevents it. */
  readonly pausedUntil: number | null
  /** Whether the receiver wants no more messages. */
  readonly isStopped: boolean
}

/** Milliseconds until the sources are looked at again. */
const sourceInterval = 10_000
/** Milliseconds until a process without the lease tries to get it, and until one that has failed begins again. */
const leaseInterval = 2_000

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
  #running: Promise<void> | null = null
  /** Null while another process has the lease. */
  #held: HeldEndpoint | null = null

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
    const { queue, pausedUntil, stoppedWith, failure } = this.#held.current.state
    const { clock } = this.#dependencies
    const now = clock.elapsed()
    const created = queue.map(({ createdAt }) => createdAt)
    return {
      label: this.#endpoint.label,
      queued: queue.length,
      oldestAge: created.length === 0 ? null : Math.max(0, now - Math.min(...created)),
      failure,
      pausedUntil: pausedUntil !== null && pausedUntil > now ? toWallTime(clock, pausedUntil) : null,
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
    const closed = this.#closed.signal
    const signal = AbortSignal.any([closed, hold.lost, failed.signal])
    const run = async (task: Promise<void>) => {
      try {
        await task
      } catch (error) {
        if (signal.aborted) return
        failed.abort()
        throw error
      }
    }
    try {
      const held = await this.#load(hold)
      this.#held = held
      const [endpoint, settings, dependencies] = [this.#endpoint, this.#settings, this.#dependencies]
      await Promise.all([
        run(this.#followChanges(held, signal)),
        run(this.#watchSources(held, signal)),
        run(deliverMessages({ endpoint, settings, held, dependencies, closed }, signal)),
      ])
    } finally {
      this.#held = null
    }
  }

  async #load(hold: Hold): Promise<HeldEndpoint> {
    const { feed, log, isShared } = this.#dependencies
    const { label: endpoint } = this.#endpoint
    const [kept, last] = [await this.#store.load(), await feed.last()]
    // An endpoint that seems to be new would begin at the wrong position.
    if (!isShared()) throw new Error('what is kept of endpoints cannot be read: Redis is not available')
    if (kept === 'unreadable') log.warn({ endpoint }, 'what was kept of the endpoint is not readable: it begins anew')
    else if (kept && (kept.state.stoppedWith === null || kept.state.stoppedWith === this.#settings)) {
      const isUnchanged = kept.state.pausedWith === this.#settings
      const state = isUnchanged ? kept.state : { ...kept.state, pausedUntil: null, pausedWith: null }
      if (state.stoppedWith !== null) log.error({ endpoint }, stoppedText)
      // All changes of a history that has begun again are new.
      const isSame = state.position <= last && (state.lastId === null || feed.sequenceOf(state.lastId) !== null)
      const current = isSame ? state : { ...state, position: 0, lastId: null }
      return new HeldEndpoint(this.#store, hold, { ...kept, state: current })
    }
    const begin = { state: newEndpointState(last), outages: new Map() }
    hold.assertHeld()
    await this.#store.save(null, { ...begin, added: [] })
    return new HeldEndpoint(this.#store, hold, begin)
  }

  async #followChanges(held: HeldEndpoint, signal: AbortSignal): Promise<void> {
    const { feed, clock } = this.#dependencies
    while (!signal.aborted) {
      for await (const changes of feed.follow(held.current.state.position, signal)) {
        const latest = changes.at(-1)
        await held.update(async ({ state, outages }) => {
          const next = latest ? { ...state, position: latest.sequence, lastId: latest.id } : state
          const messages = state.stoppedWith === null ? await this.#maker.ofChanges(changes, signal) : []
          return { ...addMessages(next, messages, clock.elapsed()), outages }
        })
      }
      // The feed ends with the signal. Should it end before, it is followed again.
      if (!signal.aborted) await clock.sleep(leaseInterval, signal)
    }
  }

  async #watchSources(held: HeldEndpoint, signal: AbortSignal): Promise<void> {
    const { clock } = this.#dependencies
    for (;;) {
      await held.update(({ state, outages: before }) => {
        const { outages, messages } = this.#maker.ofSources(before)
        return { ...addMessages(state, state.stoppedWith === null ? messages : [], clock.elapsed()), outages }
      })
      await clock.sleep(sourceInterval, signal)
    }
  }
}
