import { z } from 'zod'
import type { KeptRoot } from '../../state/kept-kinds.ts'
import type { StateStore } from '../../state/state-store.ts'
import { type Clock, maxSkew } from '../clock.ts'
import { type IdempotencyStore, MemoryIdempotencyStore, type RequestState } from '../idempotency-store.ts'
import { idempotencyTtl, type RequestRecord } from '../request-records.ts'
import { datedText, parseDated } from './dated-text.ts'

export const requestKind = 'request' satisfies KeptRoot

const record = z.object({ digest: z.string(), sentAt: z.number(), result: z.string().nullable() })

/**
 * The store of a process without other replicas. What is remembered of a request is in the state before the request is sent,
 * and survives a restart.
 */
export class StateIdempotencyStore implements IdempotencyStore {
  readonly #clock: Clock
  readonly #state: StateStore
  readonly #memory: MemoryIdempotencyStore

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock
    this.#state = state
    this.#memory = new MemoryIdempotencyStore(clock, (key) => void this.#put(key, null))
  }

  async acquire(key: string, owner: string): Promise<RequestState> {
    const state = await this.#memory.acquire(key, owner)
    if (!state.lease) return state
    const { lease } = state
    const kept = state.record ? null : this.#get(key)
    if (kept) await lease.save(kept)
    return {
      record: state.record ?? kept,
      lease: {
        release: () => lease.release(),
        save: async (saved) => {
          const outcome = await lease.save(saved)
          if (outcome === 'saved') await this.#put(key, saved)
          return outcome
        },
      },
    }
  }

  /** Null also for a record that has expired, or is from the future: the wall clock was set back. */
  #get(key: string): RequestRecord | null {
    const kept = parseDated(this.#state.get([requestKind, key]))
    const age = kept && this.#clock.now() - kept.at
    if (age === null || age >= idempotencyTtl || age < -maxSkew) return null
    return record.safeParse(kept?.value).data ?? null
  }

  async #put(key: string, saved: RequestRecord | null): Promise<void> {
    if (!this.#state.hasDisk) return
    const text = saved && datedText(this.#clock.now(), saved)
    await this.#state.transaction((writer) => {
      if (text === null) writer.remove([requestKind, key])
      else writer.put([requestKind, key], text)
    })
  }
}
