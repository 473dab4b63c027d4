import type { IncomingMessage, RequestListener } from 'node:http'

/**
 * Guards Yoga's listener against requests whose Host and target form no URL. Yoga builds the URL before any plugin runs,
 * and responds with a stack trace when that fails. This handler responds 400, as Node does for malformed HTTP.
 */
export function createHandler(listener: RequestListener): RequestListener {
  return (request, response) => {
    const type = request.headers['content-type']
    // Media types are case-insensitive (RFC 9110, 8.3.1). Yoga compares them in lower case.
    if (type) request.headers['content-type'] = type.toLowerCase()
    if (hasValidUrl(request)) return listener(request, response)
    response.writeHead(400, { connection: 'close' }).end()
  }
}

function hasValidUrl({ url = '', headers: { host = 'localhost' } }: IncomingMessage): boolean {
  return url.startsWith('/') && URL.canParse(`http://${host}`)
}
