import type { ServerResponse } from 'node:http'
import { setImmediate as nextPoll } from 'node:timers/promises'
import type { SlowReaders } from './slow-readers.ts'
import type { UnsentAnswer } from './unsent-answers.ts'

export interface SendOptions {
  readonly readers: SlowReaders
  /** Called when the client has stopped reading, with the number of bytes that were not sent. */
  onStall(bytes: number): void
}

/** A piece that the operating system does not accept at once shows that the client reads slowly. */
const pieceBytes = 65_536

/** Bytes of a stream that are sent until its client has to acknowledge them, if the operating system keeps much. */
const windowBytes = 524_288

/**
 * Sends a whole answer in pieces, each of which shows whether the client reads. It counts as waiting until the client has
 * acknowledged it.
 */
export async function sendBytes(
  body: Uint8Array | Promise<Uint8Array>,
  response: ServerResponse,
  waiting: UnsentAnswer,
  options: SendOptions,
): Promise<void> {
  const { socket } = response.req
  try {
    const bytes = body instanceof Uint8Array ? body : await body
    await sendPieces(bytes, response, options, response.shouldKeepAlive)
    if (!response.shouldKeepAlive) await endAcknowledged(response, options)
  } finally {
    const { readers, onStall } = options
    readers.whenProbablyRead(socket, () => waiting.presumeRead())
    readers.whenFreed(socket, waiting.isStored, () => waiting.end(), onStall)
  }
}

/**
 * Sends an answer as it is made, such as server-sent events. Its next part is made when the one before it is sent.
 * @param reserve counts a part; undefined when there is no room for it, which ends the connection
 */
export async function sendStream(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  reserve: (bytes: number) => UnsentAnswer | undefined,
  options: SendOptions,
): Promise<void> {
  let sent = 0
  const { socket } = response.req
  for await (const part of body) {
    // The response is destroyed later than its socket, in another iteration of the event loop.
    const waiting = response.destroyed || socket.destroyed ? undefined : reserve(part.length)
    if (!waiting) return void response.destroy()
    try {
      await sendPieces(part, response, options, false)
      sent += part.length
      if (sent < windowBytes) continue
      await freed(response, options)
      sent = 0
    } finally {
      waiting.end()
    }
  }
  await endAcknowledged(response, options)
}

/** Ends an answer. Node would close the connection of the last one, and the operating system would keep the answer. */
async function endAcknowledged(response: ServerResponse, options: SendOptions): Promise<void> {
  await acknowledged(response, options)
  response.end()
}

async function acknowledged({ req: { socket } }: ServerResponse, { readers, onStall }: SendOptions): Promise<void> {
  await new Promise<void>((resolve) => {
    readers.whenAcknowledged(socket, resolve, onStall)
    readers.refreshSoon()
  })
}

/** As `acknowledged`, or when the operating system keeps little for all connections. */
async function freed({ req: { socket } }: ServerResponse, { readers, onStall }: SendOptions): Promise<void> {
  await new Promise<void>((resolve) => {
    readers.whenFreed(socket, true, resolve, onStall)
    readers.refreshSoon()
  })
}

async function sendPieces(
  bytes: Uint8Array,
  response: ServerResponse,
  { readers, onStall }: SendOptions,
  areLast: boolean,
): Promise<void> {
  const { socket } = response
  let start = 0
  do {
    const end = start + pieceBytes
    const accepted = write(bytes.subarray(start, end), response, areLast && end >= bytes.length)
    if (accepted instanceof Promise) {
      if (socket && (await Promise.race([accepted, nextPoll('pending')])) === 'pending') {
        const unsentBytes = bytes.length - start
        readers.watch(socket, unsentBytes, onStall)
        await accepted
        readers.forget(socket)
      }
      await accepted
    }
    start = end
  } while (start < bytes.length && !response.destroyed)
}

/** Resolves when the operating system has accepted the piece, or the connection has closed. Null: it has accepted it at once. */
function write(piece: Uint8Array, response: ServerResponse, isLast: boolean): Promise<void> | null {
  const { socket } = response
  let accept = () => {}
  if (isLast) response.end(piece)
  else response.write(piece, () => accept())
  if (socket?.writableLength === 0) return null
  return new Promise((resolve) => {
    accept = () => {
      response.off('close', accept).off('finish', accept)
      resolve()
    }
    response.on('close', accept)
    if (isLast) response.on('finish', accept)
  })
}
