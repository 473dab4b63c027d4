import { Agent, type Dispatcher, request } from 'undici'

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface IncomingResponse {
  readonly status: number
  header(name: string): string | undefined
  readonly text: string
}

/** Sends one request and reads its whole answer. Redirects are answers like any other. */
export interface Transport {
  send(outgoing: OutgoingRequest, signal: AbortSignal): Promise<IncomingResponse>
  close(): Promise<void>
}

/** An answer so long that reading on would endanger the process. */
export class ResponseTooLargeError extends Error {}

const usualLength = 32 * 1024 * 1024

/** Answers may have so many bytes. */
export function createTransport(longestAnswer = usualLength): Transport {
  // Time limits are those of the call: undici's own have a resolution of a second.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  return {
    async send({ method, url, headers, body }, signal) {
      const answer = await request(url, { method, headers, body: body ?? null, signal, dispatcher: agent })
      // Nobody asked for a compressed answer, and what a small one unpacks to is known too late.
      if (isEncoded(answer.headers['content-encoding'])) {
        // A body that is given up on says so as an error, which would end the process if nobody heard it.
        answer.body.on('error', () => {}).destroy()
        return toAnswer(answer, '')
      }
      const chunks: Buffer[] = []
      let length = 0
      for await (const chunk of answer.body) {
        chunks.push(chunk)
        length += chunk.length
        if (length > longestAnswer) throw new ResponseTooLargeError(`more than ${longestAnswer} bytes`)
      }
      return toAnswer(answer, Buffer.concat(chunks, length).toString())
    },
    close: () => agent.destroy(),
  }
}

function toAnswer(
  { statusCode, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  text: string,
): IncomingResponse {
  return { status: statusCode, header: (name) => [headers[name]].flat()[0], text }
}

function isEncoded(encoding: string | string[] | undefined): boolean {
  return [encoding].flat().some((name) => name !== undefined && name.trim().toLowerCase() !== 'identity')
}
