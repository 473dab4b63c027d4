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

/** Sends a whole answer in pieces, each of which shows whether the client reads. */
export async function sendBytes(
  body: Promise<Uint8Array>,
  response: ServerResponse,
  waiting: UnsentAnswer,
  options: SendOptions,
): Promise<void> {
  try {
    await sendPieces(await body, response, options, true)
  } finally {
    waiting.end()
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
  for await (const part of body) {
    const waiting = response.destroyed ? undefined : reserve(part.length)
    if (!waiting) return void response.destroy()
    try {
      await sendPieces(part, response, options, false)
    } finally {
      waiting.end()
    }
  }
  response.end()
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
    if (socket && (await Promise.race([accepted, nextPoll('pending')])) === 'pending') {
      const unsentBytes = bytes.length - start
      readers.watch(socket, () => onStall(unsentBytes))
      await accepted
      readers.forget(socket)
    }
    await accepted
    start = end
  } while (start < bytes.length && !response.destroyed)
}

/** Resolves when the operating system has accepted the piece, or the connection has closed. */
function write(piece: Uint8Array, response: ServerResponse, isLast: boolean): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    const done = () => {
      response.off('close', resolve)
      resolve()
    }
    if (isLast) response.end(piece, done)
    else response.write(piece, done)
  })
}
