import { once } from 'node:events'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../upstream/clock.ts'
import type { Server } from './server.ts'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  /** Milliseconds a client may take to send its headers, and its whole request. */
  readonly patience?: { readonly headers: number; readonly request: number }
}

export interface Listening {
  readonly url: string
  /** Refuses new connections, lets what is in flight finish for at most ten seconds, then resolves. */
  close(): Promise<void>
}

const PATIENCE = { headers: 10_000, request: 30_000 }
const DRAIN_MILLISECONDS = 10_000

/** Serves over `node:http`. Ready from the moment the port is open until `close` is called. */
export async function listen(
  server: Server,
  { host, port, clock, patience = PATIENCE }: ListenOptions,
): Promise<Listening> {
  // A missing Host header is refused like any other that is not accepted, with the same words.
  const http = createHttpServer(
    {
      requireHostHeader: false,
      headersTimeout: patience.headers,
      requestTimeout: patience.request,
      connectionsCheckingInterval: patience.headers / 10,
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
    // Node itself waits for connections that were opened ahead of need and never used.
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy()
    for (const response of inFlight) if (!response.headersSent) response.setHeader('connection', 'close')

    const drained = new AbortController()
    clock.sleep(DRAIN_MILLISECONDS, drained.signal).then(
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
