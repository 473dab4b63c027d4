import type { IncomingMessage } from 'node:http'

/**
 * Waits for the whole body of a request, and puts it back to be read again. Null when the client leaves before it is
 * complete.
 */
export function peekBody(request: IncomingMessage, length: number): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let received = 0

  /** Nothing is read after the last byte: the stream would end before the body is put back. */
  function read(): boolean {
    while (received < length) {
      const part: Buffer | null = request.read()
      if (part === null) return false
      parts.push(part)
      received += part.length
    }
    return true
  }

  function putBack(): Buffer {
    const [first] = parts
    const body = parts.length === 1 && first ? first : Buffer.concat(parts)
    if (body.length > 0) request.unshift(body)
    return body
  }

  // A short body has usually arrived with the headers.
  if (request.destroyed) return Promise.resolve(null)
  if (read()) return Promise.resolve(putBack())
  return new Promise((resolve) => {
    const end = (body: Buffer | null) => {
      request.off('readable', readMore).off('close', leave)
      resolve(body)
    }
    const readMore = () => {
      if (read()) end(putBack())
    }
    const leave = () => end(null)
    request.on('readable', readMore).on('close', leave)
  })
}
