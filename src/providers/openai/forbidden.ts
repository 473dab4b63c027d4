import type { UpstreamError } from '../../upstream/error.ts'

/**
 * Whether OpenAI refused a call because the key lacks a permission. Such a key gets 403, or 401 like an unknown key: only
 * the message distinguishes them.
 */
export function isForbidden({ code, message }: UpstreamError): boolean {
  if (code === 'UPSTREAM_FORBIDDEN') return true
  return code === 'UPSTREAM_UNAUTHENTICATED' && /\bscopes?\b|permission/i.test(message)
}
