import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stop on the way to an emulator: requests wait at it until it is opened. */
export interface Gate {
  readonly url: string
  /** Where requests go on to. */
  target: string
  /** Path and query of every request that came, also of those that never went on. */
  readonly received: readonly string[]
  /** How many wait for it to be opened, and have not gone away. */
  readonly waiting: number
  /** Lets through what waits and whatever comes. */
  open(): void
  /** Lets through the one that has waited longest. */
  letOneThrough(): void
  close(): Promise<void>
}

export async function startGate(): Promise<Gate> {
  const received: string[] = []
  const waiting = new Map<ServerResponse, () => void>()
  let isOpen = false

  const server = createServer((incoming, outgoing) => {
    received.push(incoming.url ?? '')
    const { method, url, headers } = incoming
    // The headers go on as they are: signatures cover the host that the client knows.
    const goOn = () => {
      const onward = request(gate.target, { method, path: url, headers, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
    }
    if (isOpen) return goOn()
    waiting.set(outgoing, goOn)
    outgoing.on('close', () => waiting.delete(outgoing))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    received,
    get waiting() {
      return waiting.size
    },
    open() {
      isOpen = true
      for (const goOn of waiting.values()) goOn()
      waiting.clear()
    },
    letOneThrough() {
      for (const [outgoing, goOn] of [...waiting].slice(0, 1)) {
        waiting.delete(outgoing)
        goOn()
      }
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return gate
}
