import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Whether it came after the response before it was complete. */
  readonly isFollowUp: boolean
}

/** Answers a request. One that follows a complete response on its connection shows that the client probably has that. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, isFollowUp: boolean) => void

/** Requests that one connection may send before it has read the first response. */
const maxPipelined = 32

/**
 * Passes requests on to the handler, those of one connection one after the other (RFC 9112, 9.3.2). Node would start
 * them all at once and keep the responses until the ones before them are sent, and would report the end of a connection
 * to the first one only.
 */
export class Connections {
  readonly #http: Server
  #handler: RequestHandler
  readonly #exchanges = new Map<Socket, Exchange[]>()
  #phase: 'open' | 'draining' | 'closing' = 'open'
  #opened = 0
  #answered = 0
  #held: (() => void)[] | undefined

  constructor(http: Server, handler: RequestHandler) {
    this.#http = http
    this.#handler = handler
    http.on('connection', (socket) => {
      this.#opened += 1
      this.#exchanges.set(socket, [])
      socket.once('close', () => this.#exchanges.delete(socket))
    })
    http.on('request', (request, response) => this.#receive(request, response))
  }

  /** Connections since the start. */
  get opened(): number {
    return this.#opened
  }

  /** Requests without a complete response. */
  get pending(): number {
    return [...this.#exchanges.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /** Complete responses since `announceClose` was called. */
  get answered(): number {
    return this.#answered
  }

  /** From now on, the last response of each connection has `Connection: close`. */
  announceClose(): void {
    this.#phase = 'draining'
    for (const exchanges of this.#exchanges.values()) this.#announceClose(exchanges)
  }

  /** Starts no request until `release` is called, so that the event loop accepts connections only. */
  hold(): void {
    this.#held = []
  }

  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const begin of held) begin()
  }

  /**
   * Passes further requests on to another handler. Resolves when the responses to those in progress are complete, or need
   * the first handler no more.
   * @param whenReleased resolves when a response needs the handler no more
   */
  async replaceHandler(
    handler: RequestHandler,
    whenReleased: (response: ServerResponse) => Promise<void>,
  ): Promise<void> {
    this.#handler = handler
    const responses = [...this.#exchanges.values()].flatMap(([inProgress]) => inProgress?.response ?? [])
    await Promise.all(responses.map((response) => Promise.race([once(response, 'close'), whenReleased(response)])))
  }

  /**
   * Closes the connections whose last response is complete, and the others after their responses. Connections that have
   * sent nothing stay open until `closeUnused`: their first request may be on its way.
   */
  close(): void {
    this.#phase = 'closing'
    this.#closeIdle()
  }

  /** Closes the connections that have sent nothing, of which browsers open some in advance, and then the idle ones. */
  closeUnused(): void {
    for (const socket of this.#unused()) socket.destroy()
    this.#http.closeIdleConnections()
  }

  #unused(): readonly Socket[] {
    return [...this.#exchanges.keys()].filter(({ bytesRead }) => bytesRead === 0)
  }

  /** From version 26 on, Node counts a connection that has sent nothing as idle. */
  #closeIdle(): void {
    if (this.#unused().length === 0) this.#http.closeIdleConnections()
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    const exchanges = this.#exchanges.get(socket)
    if (!exchanges) return
    const exchange = { request, response, isFollowUp: exchanges.length === 0 }
    if (exchanges.push(exchange) > maxPipelined) socket.destroy()
    else if (exchanges.length === 1) this.#begin(socket, exchanges, exchange)
    else this.#announceClose(exchanges)
  }

  #begin(socket: Socket, exchanges: Exchange[], { request, response, isFollowUp }: Exchange): void {
    response.once('close', () => {
      exchanges.shift()
      if (this.#phase !== 'open' && response.writableFinished) this.#answered += 1
      const [next] = exchanges
      if (next && !socket.destroyed) this.#begin(socket, exchanges, next)
      else if (this.#phase === 'closing') this.#closeIdle()
    })
    this.#announceClose(exchanges)
    if (this.#held) this.#held.push(() => this.#handler(request, response, isFollowUp))
    else this.#handler(request, response, isFollowUp)
  }

  /** Sets `Connection: close` on the response in progress while no other request is waiting for it. */
  #announceClose([first, second]: readonly Exchange[]): void {
    if (this.#phase === 'open' || !first || first.response.headersSent) return
    if (second) first.response.removeHeader('connection')
    else first.response.setHeader('connection', 'close')
  }
}
