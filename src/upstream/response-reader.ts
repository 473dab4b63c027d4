import type { Dispatcher } from 'undici'

export interface IncomingResponse {
  readonly status: number
  header(name: string): string | undefined
  readonly text: string
  /** The size of the body. */
  readonly bytes: number
}

/** The body of a response is larger than the transport accepts. */
export class ResponseTooLargeError extends Error {}

/** A body that is not used is received up to this size and for this many milliseconds, so that the connection can be reused. */
const unused = { bytes: 16_384, milliseconds: 5_000 }

type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

interface Outcome {
  resolve(response: IncomingResponse): void
  reject(reason: unknown): void
}

/**
 * Receives one response for a dispatcher of undici. Its function `request` makes a stream of each body, which takes longer than
 * the rest of a call.
 */
export class ResponseReader implements Dispatcher.DispatchHandler {
  readonly #maxBytes: number | 'none'
  readonly #signal: AbortSignal
  readonly #outcome: Outcome
  readonly #abort = () => this.#fail(this.#signal.reason)
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #controller: Dispatcher.DispatchController | null = null
  #status = 0
  #headers: ResponseHeaders = {}

  /** @param maxBytes of the body. `none`: it is not used */
  constructor(maxBytes: number | 'none', signal: AbortSignal, outcome: Outcome) {
    this.#maxBytes = maxBytes
    this.#signal = signal
    this.#outcome = outcome
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#signal.aborted) controller.abort(this.#signal.reason)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    // An interim response comes before the response.
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    // No request accepts an encoding, and the size of a decompressed body is known too late.
    if (isEncoded(headers['content-encoding'])) {
      this.#finish()
      controller.abort(new Error('the body is encoded'))
    } else if (this.#maxBytes === 'none') {
      this.#finish()
      AbortSignal.timeout(unused.milliseconds).addEventListener('abort', () => controller.abort(unusedError))
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#maxBytes === 'none') {
      if (this.#bytes > unused.bytes) controller.abort(unusedError)
    } else if (this.#bytes > this.#maxBytes) {
      this.#fail(new ResponseTooLargeError(`more than ${this.#maxBytes} bytes`))
    } else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(error)
  }

  #finish(): void {
    this.#signal.removeEventListener('abort', this.#abort)
    const [only] = this.#chunks
    const body = only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#bytes)
    const headers = this.#headers
    this.#outcome.resolve({
      status: this.#status,
      header: (name) => [headers[name]].flat()[0],
      text: body.toString(),
      bytes: body.length,
    })
  }

  #fail(reason: unknown): void {
    this.#signal.removeEventListener('abort', this.#abort)
    this.#outcome.reject(reason)
    this.#controller?.abort(reason instanceof Error ? reason : new Error('the call was ended', { cause: reason }))
  }
}

const unusedError = new Error('the body is not used')

function isEncoded(encoding: string | string[] | undefined): boolean {
  return [encoding].flat().some((name) => name !== undefined && name.trim().toLowerCase() !== 'identity')
}
