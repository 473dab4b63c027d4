import { UpstreamError } from '../error.ts'

const message = 'the last reading is from before the start of certgraph; a new one is being made'

/**
 * The error with which a reading from before the start is served that is too old to be served without one. It ends when the
 * first attempt to make a new one does.
 */
export const unrefreshed = new UpstreamError('UPSTREAM_TIMEOUT', message)

/** Whether it is this error, for whichever place. */
export function isUnrefreshed(error: unknown): boolean {
  return error instanceof UpstreamError && error.message === message
}
