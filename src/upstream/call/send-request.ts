import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError, type UpstreamErrorCode } from '../error.ts'
import { type IncomingResponse, ResponseTooLargeError } from '../response-reader.ts'
import type { OutgoingRequest } from '../transport.ts'
import type { CallContext } from './context.ts'
import { withTimeout } from './timeout.ts'
import type { VendorApi } from './vendor-api.ts'

/** What a request is sent for. */
interface Purpose {
  /** In words, for messages. */
  readonly what: string
  readonly context: Pick<CallContext, 'signal' | 'onCall'>
}

/** Sends one request within the timeout. @throws UpstreamError when no whole response arrives */
export type SendRequest = (purpose: Purpose, request: OutgoingRequest) => Promise<IncomingResponse>

export function createSendRequest(
  { provider, brand }: Pick<VendorApi, 'provider' | 'brand'>,
  upstream: Pick<UpstreamDependencies, 'clock' | 'transport' | 'settings'>,
): SendRequest {
  const { clock, transport } = upstream
  const failed = (code: UpstreamErrorCode, problem: string, cause?: unknown) =>
    new UpstreamError(code, `${brand} ${problem}`, { provider }, cause)

  return async ({ what, context }, request) => {
    const milliseconds = upstream.settings.timeout
    const expired = () => failed('UPSTREAM_TIMEOUT', `did not return ${what} within ${milliseconds} ms`)
    const { signal: aborted } = context
    context.onCall?.()
    try {
      return await withTimeout({ clock, milliseconds, expired, signal: aborted }, (signal) =>
        transport.send(request, signal),
      )
    } catch (reason) {
      if (aborted.aborted || reason instanceof UpstreamError) throw reason
      if (reason instanceof ResponseTooLargeError) {
        throw failed('UPSTREAM_MALFORMED_RESPONSE', `returned ${reason.message} for ${what}`)
      }
      throw failed('UPSTREAM_UNAVAILABLE', `could not be reached for ${what}`, reason)
    }
  }
}
