import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { setImmediate as nextPoll } from 'node:timers/promises'
import type { Clock } from '../upstream/clock.ts'
import { Connections } from './connections.ts'
import type { Server } from './server.ts'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  /** Milliseconds that a client has to send its headers, and its whole request. */
  readonly timeouts?: { readonly headers: number; readonly request: number }
}

export interface Listening {
  readonly url: string
  /** Requests without a complete response. */
  readonly pending: number
  /**
   * Passes further requests on to another server with the same connections. It takes over the subscriptions. Those whose
   * callers have lost access are ended, and other open streams of such callers are aborted. Resolves when the first server
   * has answered its requests.
   */
  replaceServer(next: Server): Promise<void>
  /**
   * Serves requests for `delay` milliseconds more, while `/ready` responds 503 and every response closes its connection.
   * Then stops accepting connections, completes the subscriptions, and waits up to ten seconds for requests in flight. A second call without a delay
   * ends the delay of the first one.
   */
  close(delay?: number): Promise<ClosedServer>
}

interface ClosedServer {
  /** Requests that were answered while the server was closing. */
  readonly answered: number
  /** Requests that had no complete response after ten seconds. */
  readonly unanswered: number
}

const defaultTimeouts = { headers: 10_000, request: 30_000 }
const maxCloseTime = 10_000
const maxRoundTrip = 1_000

/**
 * Longer than the 60 seconds for which load balancers commonly keep an unused connection. A connection that the server
 * closes first may have a request on its way.
 */
const keepAliveTimeout = 65_000

/** A connection without a request takes about 10 kB. */
const maxConnections = 10_000

/** Serves over `node:http`. The server is ready from when the port is open until `close` is called. */
export async function listen(
  server: Server,
  { host, port, clock, timeouts = defaultTimeouts }: ListenOptions,
): Promise<Listening> {
  // `useHost` rejects a missing Host header like any other one that is not accepted.
  const http = createHttpServer({
    requireHostHeader: false,
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    connectionsCheckingInterval: timeouts.headers / 10,
    keepAliveTimeout,
  })
  http.maxConnections = maxConnections
  const connections = new Connections(http, server.handler)
  let current = server
  const hurry = new AbortController()
  let closing: Promise<ClosedServer> | undefined

  /**
   * Accepts the connections that the operating system has already accepted: closing the port resets them. libuv accepts
   * one at each turn of the event loop.
   */
  async function acceptWaiting(): Promise<void> {
    const until = clock.elapsed() + maxRoundTrip
    let opened: number
    connections.hold()
    do {
      opened = connections.opened
      await nextPoll()
    } while (connections.opened > opened && clock.elapsed() < until)
  }

  async function close(delay: number): Promise<ClosedServer> {
    server.readiness.phase = 'draining'
    connections.announceClose()
    if (delay > 0) {
      await clock.sleep(delay, hurry.signal).catch(() => {})
      await acceptWaiting()
    }

    let unanswered = 0
    const ended = new AbortController()
    const giveUp = () => {
      unanswered = connections.pending
      http.closeAllConnections()
    }
    clock.sleep(maxCloseTime, ended.signal).then(giveUp, () => {})

    current.subscriptions.close()
    const closed = once(http, 'close')
    // The method of http.Server would also close idle connections, of which a request may already have arrived.
    NetServer.prototype.close.call(http)
    connections.release()
    // Reads what the operating system has received.
    await nextPoll()
    await nextPoll()
    connections.close()
    if (delay === 0) connections.closeUnused()
    // The request of a new connection arrives one round trip later.
    else
      clock.sleep(maxRoundTrip, ended.signal).then(
        () => connections.closeUnused(),
        () => {},
      )
    await closed
    ended.abort()
    // Ends the timer with which Node checks the timeouts of requests.
    http.close()
    return { answered: connections.answered, unanswered }
  }

  http.listen(port, host)
  await once(http, 'listening')
  server.readiness.phase = 'ready'

  return {
    url: toUrl(http.address() as AddressInfo),
    get pending() {
      return connections.pending
    },
    async replaceServer(next) {
      const { streams, subscriptions } = current
      current = next
      const ended = connections.replaceHandler(next.handler, (response) => subscriptions.whenStreamed(response))
      await Promise.all([streams.recheck(next.authenticate), subscriptions.moveTo(next.subscriptionHost)])
      await ended
    },
    close(delay = 0) {
      if (delay === 0) hurry.abort()
      closing ??= close(delay)
      return closing
    },
  }
}

/** The URL of an address that a server listens on. */
export function toUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
