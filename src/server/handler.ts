import type { IncomingMessage, RequestListener } from 'node:http'

/**
 * Guards a listener that makes a URL of each request's Host and target. Yoga does so before any plugin runs and answers
 * what makes none with a stack trace; here it is not well-formed, as Node itself says of what is no HTTP.
 */
export function createHandler(listener: RequestListener): RequestListener {
  return (request, response) => {
    const type = request.headers['content-type']
    // The same in any case (RFC 9110, 8.3.1), but not to Yoga.
    if (type) request.headers['content-type'] = type.toLowerCase()
    if (makesUrl(request)) return listener(request, response)
    response.writeHead(400, { connection: 'close' }).end()
  }
}

function makesUrl({ url = '', headers: { host = 'localhost' } }: IncomingMessage): boolean {
  return url.startsWith('/') && URL.canParse(`http://${host}`)
}
