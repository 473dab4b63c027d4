import { fstatSync, writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type { ResultOutput } from './command.ts'

/** A standard stream of the process. */
interface StandardStream extends Writable {
  readonly fd: number
  readonly isTTY?: boolean
}

/** The errors of a pipe or socket whose reader, such as `head`, has read enough. */
const closedByReader: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET'])

/** Writes the result of a command to a stream, and remembers whether all of it could be written. */
export function createStandardOutput(stream: StandardStream): ResultOutput {
  const isFile = writesToFile(stream)
  let failure: NodeJS.ErrnoException | null = null
  let written = Promise.resolve()

  /** Resolves when the text was written, also when it could not be. */
  function send(text: string): Promise<void> {
    written = new Promise((resolve) => {
      const done = (error?: NodeJS.ErrnoException | null) => {
        if (error) failure ??= error
        resolve()
      }
      if (failure) done()
      else if (isFile) done(writeFile(stream.fd, text))
      else stream.write(text, done)
    })
    return written
  }

  return {
    write: (text) => void send(text),
    async writeAll(parts) {
      for await (const part of parts) {
        await send(part)
        if (failure) break
      }
    },
    async end() {
      await written
      return failure === null || closedByReader.has(failure.code) ? null : failure.message
    },
  }
}

/** Whether the stream is neither a terminal nor a pipe or socket. */
function writesToFile({ fd, isTTY }: StandardStream): boolean {
  const stats = fstatSync(fd)
  return stats.isFile() || (stats.isCharacterDevice() && !isTTY)
}

/**
 * Writes a text to a file. A disk that becomes full takes a part of it without an error, and the streams of Node.js for
 * standard output take that for the whole.
 */
function writeFile(fd: number, text: string): NodeJS.ErrnoException | null {
  const bytes = Buffer.from(text)
  try {
    for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset)
    return null
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}
