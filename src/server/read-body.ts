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
    const end = (body: Body | null) => {
      request.off('data', add).off('end', complete).off('close', leave).off('error', leave)
      // After the removal of its listener, an error would end the process.
      request.on('error', () => {})
      resolve(body)
    }
    const add = (part: Bytes) => {
      parts.push(part)
      length += part.length
      if (length > limit) end('large')
    }
    const complete = () => {
      const [first] = parts
      end(parts.length === 1 && first ? first : Buffer.concat(parts))
    }
    const leave = () => end(null)
    request.on('data', add).on('end', complete).on('close', leave).on('error', leave)
    if (request.destroyed) leave()
  })
}
