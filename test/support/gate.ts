import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy in front of an emulator that holds requests until it is opened. */
export interface Gate {
  readonly url: string
  /** The URL that requests are forwarded to. */
  target: string
  /** Path and query of every request received, forwarded or not. */
  readonly received: readonly string[]
  /** The number of requests that are held and not aborted. */
  readonly waiting: number
  /** Forwards the requests that are held and all later ones, whose path and query match. Default: all. */
  open(matches?: (path: string) => boolean): void
  /** Forwards the request that has been held longest. */
  letOneThrough(): void
  close(): Promise<void>
}

export async function startGate(): Promise<Gate> {
  const received: string[] = []
  const waiting = new Map<ServerResponse, { readonly path: string; readonly forward: () => void }>()
  let isOpen = (_path: string): boolean => false

  const server = createServer((incoming, outgoing) => {
    const { method, url: path = '', headers } = incoming
    received.push(path)
    // The headers are forwarded unchanged: signatures cover the host that the client called.
    const forward = () => {
      const onward = request(gate.target, { method, path, headers, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
    }
    if (isOpen(path)) return forward()
    waiting.set(outgoing, { path, forward })
    outgoing.on('close', () => waiting.delete(outgoing))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const letThrough = (outgoing: ServerResponse, forward: () => void) => {
    waiting.delete(outgoing)
    forward()
  }
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    received,
    get waiting() {
      return waiting.size
    },
    open(matches = () => true) {
      isOpen = matches
      for (const [outgoing, { path, forward }] of waiting) if (matches(path)) letThrough(outgoing, forward)
    },
    letOneThrough() {
      for (const [outgoing, { forward }] of [...waiting].slice(0, 1)) letThrough(outgoing, forward)
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return gate
}
