import { randomUUID } from 'node:crypto'
import type { StateKey, StateStore } from '../../state/state-store.ts'
import type { Identity } from '../call/vendor-api.ts'
import { type Clock, toElapsed, toWallTime } from '../clock.ts'
import { Mutex } from '../concurrency.ts'
import type { Limit, SlidingWindow } from '../rate-limit/limit.ts'
import { maxPause } from '../rate-limit/rate-limiter.ts'
import { type ClearedPauses, MemoryRateLimitStore, type RateLimitStore } from '../rate-limit/store.ts'
import { callsKind, currentCalls, isKeptCalls, type KeptCalls, parseKeptCalls, toKeptCallsText } from './kept-calls.ts'
import { stateDigest } from './state-digest.ts'

/**
 * The store of a process without other replicas. Each call under a limit is in the state before it is made, so that a process
 * that is restarted again and again keeps to the limits, and so do processes that share the state. So are the pauses that
 * vendors asked for. A process that starts without knowing the calls before it makes none for one window: the log was lost, or
 * could not be written.
 */
export class StateRateLimitStore implements RateLimitStore {
  readonly #clock: Clock
  readonly #state: StateStore
  readonly #key: StateKey
  readonly #memory: MemoryRateLimitStore
  #limits: readonly Limit[]
  /** The calls of the log that are in memory. */
  #known: ReadonlySet<string> = new Set()
  /** One call at a time is acquired: it is in memory after it was kept. */
  readonly #acquiring = new Mutex()

  constructor(clock: Clock, state: StateStore, identity: Identity, limits: readonly Limit[]) {
    this.#clock = clock
    this.#state = state
    this.#key = [callsKind, stateDigest(identity)]
    this.#limits = limits
    this.#memory = new MemoryRateLimitStore(clock, limits)
    const text = state.get(this.#key)
    const unknown = this.#isLogIncomplete(text) ? limits.flatMap((limit) => this.#toUnknownCalls(limit)) : []
    if (text === null && unknown.length === 0) return
    const { calls, pauses } = this.#parse(text)
    this.#learn({ calls: [...calls, ...unknown], pauses })
    // Times in the future must not count anew after each start.
    void this.#change((present) => ({ ...present, calls: [...present.calls, ...unknown] }))
  }

  /** As many calls as a limit allows: they may have been made just now. */
  #toUnknownCalls({ resource, calls }: Limit): KeptCalls['calls'] {
    const at = this.#clock.now()
    return Array.from({ length: calls }, () => ({ id: randomUUID(), resource: resource ?? '', at }))
  }

  /** Whether calls of the processes before this one may be missing in the log. Where none is meant to be kept, it has all. */
  #isLogIncomplete(text: string | null): boolean {
    const { problem, keepsSmallKinds, isIncomplete } = this.#state
    return isIncomplete || (problem !== null && !keepsSmallKinds) || (text !== null && !isKeptCalls(text))
  }

  tryAcquire(resource: string, isProbe = false): number | null | Promise<number | null> {
    const isLimited = this.#memory.limits(resource).length > 0
    if (!this.#state.hasDisk || !isLimited) return this.#memory.tryAcquire(resource, isProbe)
    return this.#acquiring.run(() => this.#tryAcquire(resource, isProbe))
  }

  limits(resource: string): readonly Limit[] {
    return this.#memory.limits(resource)
  }

  windows(resource: string): readonly SlidingWindow[] {
    return this.#memory.windows(resource)
  }

  probeWindows(resource: string): readonly SlidingWindow[] {
    return this.#memory.probeWindows(resource)
  }

  clearProbes(resource: string): void {
    this.#memory.clearProbes(resource)
  }

  pause(resource: string, until: number): void {
    this.#memory.pause(resource, until)
    const pausedUntil = toWallTime(this.#clock, this.#memory.pausedUntil(resource))
    void this.#change(({ calls, pauses }) => ({ calls, pauses: { ...pauses, [resource]: pausedUntil } }))
  }

  pausedUntil(resource: string): number {
    return this.#memory.pausedUntil(resource)
  }

  resume(resource: string): boolean {
    const wasTried = this.#memory.resume(resource)
    if (wasTried) {
      void this.#change(({ calls, pauses: { [resource]: _ended, ...pauses } }) => ({ calls, pauses }))
    }
    return wasTried
  }

  changeLimits(limits: readonly Limit[]): void {
    this.#limits = limits
    this.#memory.changeLimits(limits)
  }

  async clearPauses(): Promise<ClearedPauses> {
    const cleared = this.#memory.clearPauses()
    await this.#change(({ calls }) => ({ calls, pauses: {} }))
    // A call that was being acquired may have found them again.
    this.#memory.clearPauses()
    return cleared
  }

  onPausesCleared(listener: () => void): void {
    this.#memory.onPausesCleared(listener)
  }

  async #tryAcquire(resource: string, isProbe: boolean): Promise<number | null> {
    const slot = this.#memory.nextSlot(resource, isProbe)
    if (slot !== null) return slot
    const call = { id: randomUUID(), resource, at: this.#clock.now() }
    const kept = await this.#state.transaction((writer) => {
      const log = this.#parse(writer.get(this.#key))
      this.#learn(log)
      const later = this.#memory.nextSlot(resource, isProbe)
      if (later !== null) return later
      writer.put(this.#key, toKeptCallsText(call.at, { ...log, calls: [...log.calls, call] }))
      return null
    })
    if (kept !== null) return kept
    this.#known = new Set([...this.#known, call.id])
    this.#memory.recordNow(resource, isProbe)
    return null
  }

  #parse(text: string | null): KeptCalls {
    return currentCalls(parseKeptCalls(text), this.#limits, this.#clock.now(), maxPause)
  }

  /** Takes over the calls of processes before this one, or beside it, and their pauses. */
  #learn({ calls, pauses }: KeptCalls): void {
    for (const { id, resource, at } of calls) {
      if (!this.#known.has(id)) this.#memory.record(resource, toElapsed(this.#clock, at))
    }
    this.#known = new Set(calls.map(({ id }) => id))
    for (const [resource, until] of Object.entries(pauses)) {
      const pausedUntil = toElapsed(this.#clock, until)
      if (pausedUntil > this.#memory.pausedUntil(resource)) this.#memory.pause(resource, pausedUntil)
    }
  }

  async #change(change: (log: KeptCalls) => KeptCalls): Promise<void> {
    if (!this.#state.hasDisk) return
    await this.#state.transaction((writer) => {
      const log = change(this.#parse(writer.get(this.#key)))
      writer.put(this.#key, toKeptCallsText(this.#clock.now(), log))
    })
  }
}
