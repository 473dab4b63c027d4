import { once } from 'node:events'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../upstream/clock.ts'
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
  /** Stops accepting connections, waits up to ten seconds for requests in flight, then resolves. */
  close(): Promise<void>
}

const defaultTimeouts = { headers: 10_000, request: 30_000 }
const maxDrainTime = 10_000

/** Serves over `node:http`. The server is ready from when the port is open until `close` is called. */
export async function listen(
  server: Server,
  { host, port, clock, timeouts = defaultTimeouts }: ListenOptions,
): Promise<Listening> {
  // `useHost` rejects a missing Host header like any other one that is not accepted.
  const http = createHttpServer(
    {
      requireHostHeader: false,
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      connectionsCheckingInterval: timeouts.headers / 10,
    },
    server.handler,
  )
  const sockets = new Set<Socket>()
  const inFlight = new Set<ServerResponse>()
  let closing: Promise<void> | undefined

  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  http.on('request', ({ socket }, response) => {
    inFlight.add(response)
    response.once('close', () => {
      inFlight.delete(response)
      if (closing !== undefined) socket.end()
    })
  })

  async function drain(): Promise<void> {
    server.readiness.phase = 'draining'
    const closed = once(http, 'close')
    http.close()

    const busy = new Set([...inFlight].map(({ req }) => req.socket))
    // `http.close` waits for connections that are open without a request, such as those a browser opens in advance.
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy()
    for (const response of inFlight) if (!response.headersSent) response.setHeader('connection', 'close')

    const drained = new AbortController()
    clock.sleep(maxDrainTime, drained.signal).then(
      () => http.closeAllConnections(),
      () => {},
    )
    await closed
    drained.abort()
  }

  http.listen(port, host)
  await once(http, 'listening')
  server.readiness.phase = 'ready'

  return {
    url: toUrl(http.address() as AddressInfo),
    close() {
      closing ??= drain()
      return closing
    },
  }
}

function toUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
