import type { Logger } from 'pino'
import type { Clock } from '../upstream/clock.ts'
import { shortened } from './request-message.ts'

const interval = 60_000
/** Names that are remembered. A client can send as many as it likes. */
const maxNames = 100
const maxNameLength = 255

/** Logs the names of Host headers that were refused, each name at most once a minute. */
export class RefusedHosts {
  /** The name of the setting that accepts a name. Another configuration may have another one. */
  setting = 'server.hosts'
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #log: Logger
  /** Monotonic time of the last line about each name, the oldest first. */
  readonly #loggedAt = new Map<string, number>()
  #otherLoggedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'elapsed'>, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /**
   * @param name the host without its port; empty without a Host header
   * @param request its id, or the listener that it came to
   */
  report(name: string, request: { readonly requestId: string } | { readonly listener: string }): void {
    const now = this.#clock.elapsed()
    for (const [known, at] of this.#loggedAt) {
      if (at + interval > now) break
      this.#loggedAt.delete(known)
    }
    const host = shortened(name, maxNameLength)
    if (this.#loggedAt.has(host)) return
    const { setting } = this
    if (this.#loggedAt.size < maxNames) {
      this.#loggedAt.set(host, now)
      const what = host === '' ? 'a request without a Host header' : `the Host "${host}"`
      const hint = host === '' ? '' : `; add the name to ${setting} if clients should use it`
      this.#log.warn({ ...request, host, setting }, `${what} was refused${hint}`)
    } else if (this.#otherLoggedAt + interval <= now) {
      this.#otherLoggedAt = now
      this.#log.warn({ ...request, setting }, `more than ${maxNames} different Hosts were refused within a minute`)
    }
  }
}
