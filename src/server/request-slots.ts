import type { ServerResponse } from 'node:http'
import type { SlowReaders } from './slow-readers.ts'

type Release = () => void

interface RequestSlot {
  executing: number
  /** The slot of an operation that has ended, while its client does not have the answer. */
  kept: Release | undefined
}

/**
 * Keeps the slot of each request until its client probably has its answer or its connection has closed, so that answers that wait for
 * their callers count as operations. A request with several operations keeps one: the others may need the rest.
 */
export class RequestSlots {
  readonly #readers: SlowReaders
  readonly #byResponse = new Map<ServerResponse, RequestSlot>()

  constructor(readers: SlowReaders) {
    this.#readers = readers
  }

  /** @param acquire takes a slot, unless the request has kept one */
  async acquire(response: ServerResponse | undefined, acquire: () => Promise<Release>): Promise<Release> {
    if (!response || response.closed) return acquire()
    const slot = this.#slotOf(response)
    slot.executing += 1
    try {
      const { kept } = slot
      slot.kept = undefined
      const release = kept ?? (await acquire())
      return () => {
        slot.executing -= 1
        if (slot.executing > 0 || response.closed) release()
        else slot.kept = release
      }
    } catch (error) {
      slot.executing -= 1
      throw error
    }
  }

  #slotOf(response: ServerResponse): RequestSlot {
    const known = this.#byResponse.get(response)
    if (known) return known
    const slot: RequestSlot = { executing: 0, kept: undefined }
    this.#byResponse.set(response, slot)
    response.once('close', () => {
      this.#byResponse.delete(response)
      const { kept } = slot
      slot.kept = undefined
      if (kept) this.#readers.whenProbablyRead(response.req.socket, kept)
    })
    return slot
  }
}
