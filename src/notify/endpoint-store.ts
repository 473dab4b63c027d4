import type { Clock } from '../upstream/clock.ts'
import type { KeptTexts } from '../upstream/kept-texts.ts'
import { type EndpointState, parseState, printState } from './endpoint-state.ts'
import type { Outages } from './outage.ts'
import { OutageStore } from './outage-store.ts'
import type { NewMessage } from './summary.ts'

/** What is kept of endpoints, in texts that have a largest size. */
export interface NotifyTexts {
  readonly states: KeptTexts
  /** The bodies of the messages in the queues. */
  readonly messages: KeptTexts
  readonly outages: KeptTexts
  /** The thresholds that were sent. */
  readonly crossings: KeptTexts
}

/** What an endpoint has at one time. */
export interface HeldState {
  readonly state: EndpointState
  readonly outages: Outages
}

/** What is held next, with the messages that were added to the queue. */
export interface NextState extends HeldState {
  readonly added: readonly Pick<NewMessage, 'id' | 'payload'>[]
}

/** What is kept of one endpoint. */
export class EndpointStore {
  readonly #texts: NotifyTexts
  readonly #key: string
  readonly #clock: Clock
  readonly #outages: OutageStore
  readonly #bodies = new Map<string, string>()

  constructor(texts: NotifyTexts, key: string, clock: Clock) {
    this.#texts = texts
    this.#key = key
    this.#clock = clock
    this.#outages = new OutageStore(texts.outages, key)
  }

  /** Null when there is none; `unreadable` when there is one of another form. */
  async load(): Promise<HeldState | 'unreadable' | null> {
    this.#bodies.clear()
    const text = await this.#texts.states.get(this.#key)
    if (text === null) return null
    const state = parseState(text, this.#clock)
    return state ? { state, outages: await this.#outages.load() } : 'unreadable'
  }

  /**
   * Keeps what is held next. A message is kept before the state that has it in the queue, and the state before what prevents
   * another message of the same event: a process that ends between two of them sends a message twice, and with the same id.
   */
  async save(before: HeldState | null, { state, outages, added }: NextState): Promise<void> {
    for (const { id, payload } of added) {
      const body = JSON.stringify(payload)
      this.#bodies.set(id, body)
      await this.#texts.messages.set(this.#nameOf(id), body)
    }
    await this.#texts.states.set(this.#key, printState(state, this.#clock))
    await this.#outages.save(before?.outages ?? new Map(), outages)
    const queued = new Set(state.queue.map(({ id }) => id))
    for (const { id } of before?.state.queue ?? []) {
      if (queued.has(id)) continue
      this.#bodies.delete(id)
      await this.#texts.messages.remove(this.#nameOf(id))
    }
  }

  /** The JSON of a message in the queue: the same in every attempt. Null when it was lost. */
  async body(id: string): Promise<string | null> {
    return this.#bodies.get(id) ?? (await this.#texts.messages.get(this.#nameOf(id)))
  }

  #nameOf(id: string): string {
    return `${this.#key} ${id}`
  }
}
