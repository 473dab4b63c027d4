import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Authenticate } from '../access/caller.ts'
import type { Caller } from '../operation.ts'

interface OpenStream {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly address: string
  /** The caller at the beginning. */
  readonly caller: Caller
}

/** The responses that are streamed. They may stay open for longer than the configuration that they began under. */
export class OpenStreams {
  readonly #log: Logger
  readonly #streams = new Set<OpenStream>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Adds a stream until its connection closes or it ends. */
  add(stream: OpenStream): void {
    this.#streams.add(stream)
    stream.res.once('close', () => this.#streams.delete(stream))
  }

  /** Aborts the streams whose callers have lost access, a permission or a place. */
  async recheck(authenticate: Authenticate): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => this.#recheck(stream, authenticate)))
  }

  async #recheck({ req, res, address, caller }: OpenStream, authenticate: Authenticate): Promise<void> {
    const now = await authenticate({ authorization: req.headers.authorization ?? null, address })
    if (!('reason' in now) && mayAll(caller, now)) return
    this.#log.info({ caller: caller.name }, 'stream aborted: its caller has lost access')
    res.destroy()
  }
}

/** Whether a caller may do and see everything that it could before. */
function mayAll(before: Caller, now: Caller): boolean {
  const { permissions, places } = now
  if (![...before.permissions].every((permission) => permissions.has(permission))) return false
  return places === null || (before.places !== null && [...before.places].every((place) => places.has(place)))
}
