import type { IncomingMessage } from 'node:http'

/** The body of a request; `large` when it has more bytes than the limit, of which no more are read. */
export type Body = Bytes | 'large'

export type Bytes = Buffer<ArrayBuffer>

/** Reads the whole body of a request. Null when the client leaves before it is complete. */
export function readBody(request: IncomingMessage, limit: number): Promise<Body | null> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve('large')
  return new Promise((resolve) => {
    const parts: Bytes[] = []
    let length = 0
    const leave = () => resolve(null)
    // The listeners stay: to remove them takes longer than to call them for nothing, and an error without one would end the process.
    request
      .on('data', (part: Bytes) => {
        length += part.length
        if (length <= limit) return void parts.push(part)
        parts.length = 0
        resolve('large')
      })
      .on('end', () => {
        const [first] = parts
        if (length <= limit) resolve(parts.length === 1 && first ? first : Buffer.concat(parts))
      })
      .on('close', leave)
      .on('error', leave)
    if (request.destroyed) leave()
  })
}
