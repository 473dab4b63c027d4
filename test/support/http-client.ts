import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Sends one request with exactly these headers: unlike fetch, node:http sends any Host header, or none. */
export function sendRequest(url: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent: false, ...options }, (response) => {
      const { statusCode: status = 0, headers } = response
      text(response).then((body) => resolve({ status, headers, body }), reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Sends one GraphQL operation as most clients do. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const content = { 'content-type': 'application/json', accept: 'application/json', ...headers }
  return sendRequest(`${url}/graphql`, { method: 'POST', headers: content }, JSON.stringify(body))
}
