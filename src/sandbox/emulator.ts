import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Call, type Handler, toCall } from './call.ts'
import { createFaults, type Effect, type Fault } from './fault.ts'

/** A vendor's stand-in on a real socket of this machine. */
export interface Emulator {
  /** `http://127.0.0.1:port`, without a trailing slash. */
  readonly url: string
  /** Every call received, in order, also those refused or struck by a fault. */
  readonly calls: readonly Call[]
  /** The calls no route was there for; they are answered 501. */
  readonly unknown: readonly Call[]
  /** The most calls that were open at once since start or reset. */
  readonly maxInFlight: number
  /** Milliseconds that each answer, ready at once, is held back. */
  latency: number
  /** Switches a fault on; the function returned switches it off. */
  fault(fault: Fault): () => void
  /** Forgets calls, faults and `maxInFlight`. */
  reset(): void
  /** Stops listening and breaks what is still open. */
  close(): Promise<void>
}

interface EmulatorOptions {
  /** The vendor's clock, which the Date of every answer tells. */
  readonly now?: () => number
  /** Headers of every answer, also of those that a fault gives. */
  readonly headers?: () => Readonly<Record<string, string>>
}

export async function startEmulator(
  handler: Handler,
  { now = Date.now, headers }: EmulatorOptions = {},
): Promise<Emulator> {
  const calls: Call[] = []
  const unknown: Call[] = []
  const faults = createFaults()
  const open = new Set<Call>()
  const broken = new WeakSet<Call>()
  let maxInFlight = 0

  const server = createServer((request, response) => {
    const call = toCall(request)
    calls.push(call)
    open.add(call)
    maxInFlight = Math.max(maxInFlight, open.size)
    response.on('close', () => {
      open.delete(call)
      call.aborted = !response.writableFinished && !broken.has(call)
    })
    serve(call, request, response).catch((error: unknown) => {
      // A client that left while it was sending is no fault of the emulator's; anything else must be seen by the test.
      if (!response.destroyed) response.writeHead(500).end(`the emulator failed: ${error}`)
    })
  })

  async function serve(call: Call, request: IncomingMessage, response: ServerResponse): Promise<void> {
    call.body = await text(request)
    const outcome = await outcomeUnder(faults.strike(call), call)
    if (outcome === 'hang') return
    if (emulator.latency > 0) await sleep(emulator.latency, undefined, { ref: false })
    if (response.destroyed) return
    if (outcome === 'reset') {
      broken.add(call)
      request.socket.resetAndDestroy()
      return
    }
    call.status = outcome.status
    // Before the end is written: who has read the answer finds its call closed.
    open.delete(call)
    const date = new Date(now()).toUTCString()
    response.writeHead(outcome.status, { date, ...outcome.headers, ...headers?.() }).end(outcome.body)
  }

  async function outcomeUnder(effect: Effect | undefined, call: Call): Promise<'hang' | 'reset' | Rendered> {
    if (effect === 'hang' || effect === 'reset') return effect
    if (effect && 'status' in effect) return render(effect)
    const answer = await handler(call)
    if (!answer) {
      unknown.push(call)
      return render({ status: 501, body: `no route for ${call.method} ${call.path}` })
    }
    if (effect && 'applied' in effect) return outcomeUnder(effect.applied, call)
    const rendered = render(answer)
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
      for (const call of open) broken.add(call)
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return emulator
}

interface Rendered extends Answer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function render({ status, headers, body = '' }: Answer): Rendered {
  return typeof body === 'string'
    ? { status, headers: { ...headers }, body }
    : { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
