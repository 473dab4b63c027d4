/** How long an answer may take. A connection that is lost without a word would otherwise stay open for many minutes. */
export const maxAnswerTime = 60_000

/** Fetches like `fetch`, and fails when the answer, with its body, was not received in time. */
export function fetchInTime(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const abort = new AbortController()
  const timer = setTimeout(
    () => abort.abort(new Error(`There was no answer within ${maxAnswerTime / 1_000} seconds.`)),
    maxAnswerTime,
  )
  const cancel = () => {
    clearTimeout(timer)
    abort.abort()
  }
  if (init.signal?.aborted) cancel()
  else init.signal?.addEventListener('abort', cancel, { once: true })
  return fetch(input, { ...init, signal: abort.signal })
}
