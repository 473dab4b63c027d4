import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, type EmulatedResponse, type Handler, toCall } from './call.ts'
import { createFaults, type Effect, type Fault } from './fault.ts'

/** An HTTP server on loopback that behaves like a vendor. */
export interface Emulator {
  /** `http://127.0.0.1:port`, without a trailing slash. */
  readonly url: string
  /** All calls in the order of arrival, including rejected calls and calls with a fault. */
  readonly calls: readonly Call[]
  /** Calls without a route. Their response is 501. */
  readonly unknown: readonly Call[]
  /** The highest number of concurrent calls since start or reset. */
  readonly maxInFlight: number
  /** Milliseconds that each response is delayed. */
  latency: number
  /** Switches a fault on. The returned function switches it off. */
  fault(fault: Fault): () => void
  /** Clears calls, faults and `maxInFlight`. */
  reset(): void
  /** Stops listening and closes open connections. */
  close(): Promise<void>
}

interface EmulatorOptions {
  /** The vendor's clock, for the Date header of responses. */
  readonly now?: () => number
  /** Headers of all responses, including those of faults. */
  readonly headers?: () => Readonly<Record<string, string>>
}

/**
 * Milliseconds without a call until a connection is closed. After Node's 5 seconds, an emulator that had no processor time for
 * as long would close connections on which calls have arrived.
 */
const keepAliveTimeout = 65_000

export async function startEmulator(
  handler: Handler,
  { now = Date.now, headers }: EmulatorOptions = {},
): Promise<Emulator> {
  const calls: Call[] = []
  const unknown: Call[] = []
  const faults = createFaults()
  const open = new Set<Call>()
  const terminated = new WeakSet<Call>()
  let maxInFlight = 0

  const server = createServer({ keepAliveTimeout }, (request, response) => {
    const call = toCall(request)
    calls.push(call)
    open.add(call)
    maxInFlight = Math.max(maxInFlight, open.size)
    response.on('close', () => {
      open.delete(call)
      call.aborted = !response.writableFinished && !terminated.has(call)
    })
    serve(call, request, response).catch((error: unknown) => {
      // A client may close the connection while it sends. Any other error must reach the test.
      if (!response.destroyed) response.writeHead(500).end(`the emulator failed: ${error}`)
    })
  })

  async function serve(call: Call, request: IncomingMessage, response: ServerResponse): Promise<void> {
    call.body = await text(request)
    const outcome = await outcomeUnder(faults.apply(call), call)
    if (outcome === 'hang') return
    if (emulator.latency > 0) await sleep(emulator.latency, undefined, { ref: false })
    if (response.destroyed) return
    if (outcome === 'reset') {
      terminated.add(call)
      request.socket.resetAndDestroy()
      return
    }
    call.status = outcome.status
    // Before the body is sent: a test that has read the response must find the call closed.
    open.delete(call)
    const date = new Date(now()).toUTCString()
    response.writeHead(outcome.status, { date, ...outcome.headers, ...headers?.() }).end(outcome.body)
  }

  async function outcomeUnder(effect: Effect | undefined, call: Call): Promise<'hang' | 'reset' | Rendered> {
    if (effect === 'hang' || effect === 'reset') return effect
    if (effect && 'status' in effect) return render(effect)
    if (effect && 'respond' in effect) return render(effect.respond(call))
    const response = await handler(call)
    if (!response) {
      unknown.push(call)
      return render({ status: 501, body: `no route for ${call.method} ${call.path}` })
    }
    if (effect && 'applied' in effect) return outcomeUnder(effect.applied, call)
    const rendered = render(response)
    if (!effect || !rendered.headers['content-type']?.includes('json')) return rendered
    return { ...rendered, body: JSON.stringify(effect.patch(JSON.parse(rendered.body))) }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const emulator: Emulator = {
    url: `http://127.0.0.1:${port}`,
    calls,
    unknown,
    get maxInFlight() {
      return maxInFlight
    },
    latency: 0,
    fault: faults.add,
    reset() {
      calls.length = 0
      unknown.length = 0
      faults.clear()
      maxInFlight = open.size
    },
    async close() {
      if (!server.listening) return
      for (const call of open) terminated.add(call)
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return emulator
}

interface Rendered extends EmulatedResponse {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function render({ status, headers, body = '' }: EmulatedResponse): Rendered {
  return typeof body === 'string'
    ? { status, headers: { ...headers }, body }
    : { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
