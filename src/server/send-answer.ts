import type { ServerResponse } from 'node:http'
import { setImmediate as nextPoll } from 'node:timers/promises'
import type { SlowReaders } from './slow-readers.ts'
import type { UnsentAnswers } from './unsent-answers.ts'

export interface SendOptions {
  readonly caller: string
  readonly unsent: UnsentAnswers
  readonly readers: SlowReaders
  /** Called when the client has stopped reading, with the number of bytes that were not sent. */
  onStall(bytes: number): void
}

/** A piece that the operating system does not accept at once shows that the client reads slowly. */
const pieceBytes = 65_536

/** Sends a whole answer in pieces, so that the part that waits can be counted. */
export async function sendBytes(body: Uint8Array, response: ServerResponse, options: SendOptions): Promise<void> {
  await sendPieces(body, response, options, true)
}

/** Sends an answer as it is made, such as server-sent events. Its next part is made when the one before it is sent. */
export async function sendStream(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  options: SendOptions,
): Promise<void> {
  for await (const part of body) {
    if (response.destroyed) return
    if (!options.unsent.hasRoom(options.caller, part.length)) return void response.destroy()
    await sendPieces(part, response, options, false)
  }
  response.end()
}

async function sendPieces(bytes: Uint8Array, response: ServerResponse, options: SendOptions, areLast: boolean) {
  const writer = createWriter(response, bytes.length, options)
  try {
    let start = 0
    do {
      const end = start + pieceBytes
      await writer.write(bytes.subarray(start, end), areLast && end >= bytes.length)
      start = end
    } while (start < bytes.length && !response.destroyed)
  } finally {
    writer.end()
  }
}

function createWriter(response: ServerResponse, bytes: number, { caller, unsent, readers, onStall }: SendOptions) {
  const { socket } = response
  const waiting = unsent.add(caller, bytes)
  let left = bytes
  let isWatched = false

  return {
    /** Resolves when the operating system has accepted the piece, or the connection has closed. */
    async write(piece: Uint8Array, isLast: boolean): Promise<void> {
      const accepted = new Promise<void>((resolve) => {
        response.once('close', resolve)
        const done = () => {
          response.off('close', resolve)
          resolve()
        }
        if (isLast) response.end(piece, done)
        else response.write(piece, done)
      })
      if (!socket) return
      if (!isWatched && (await Promise.race([accepted, nextPoll('pending')])) === 'pending') {
        isWatched = true
        readers.watch(socket, () => onStall(left))
      }
      await accepted
      left -= piece.length
      waiting.sent(piece.length)
      readers.progressed(socket)
    },
    end(): void {
      waiting.end()
      if (socket && isWatched) readers.forget(socket)
    },
  }
}
