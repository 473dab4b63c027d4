/** A source of events that a test pushes. It shows how many events were taken from it. */
export class EventSource<Event> {
  readonly #events: Event[] = []
  readonly #listeners = new Set<() => void>()
  /** Streams that have begun and not ended. */
  open = 0
  /** Events that all streams together have taken. */
  taken = 0

  push(...events: readonly Event[]): void {
    this.#events.push(...events)
    for (const listener of this.#listeners) listener()
  }

  /** The events from this index on, until the signal aborts. */
  async *stream(signal: AbortSignal, from = this.#events.length): AsyncGenerator<Event, void> {
    this.open += 1
    let next = from
    try {
      while (!signal.aborted) {
        if (next < this.#events.length) {
          this.taken += 1
          yield this.#events[next] as Event
          next += 1
        } else await this.#changed(signal)
      }
    } finally {
      this.open -= 1
    }
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#listeners.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      this.#listeners.add(end)
      signal.addEventListener('abort', end)
    })
  }
}
