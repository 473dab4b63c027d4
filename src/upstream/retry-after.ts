/** A day name comes first in every form of an HTTP date; Date.parse alone takes nearly any text with a number in it. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/** Whole seconds that a Retry-After header asks to wait, given as seconds or as a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text)
  const date = httpDate.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}

/** Whole seconds from X-RateLimit-Next, which some of Akamai's interfaces send, by the vendor's own clock where it tells it. */
export function parseRateLimitNext(
  next: string | undefined,
  date: string | undefined,
  now: number,
): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}T/.test(next ?? '') ? Date.parse(next ?? '') : Number.NaN
  if (Number.isNaN(at)) return undefined
  const theirs = Date.parse(date ?? '')
  return Math.max(0, Math.ceil((at - (Number.isNaN(theirs) ? now : theirs)) / 1000))
}

/** The largest whole number that the public API can carry. */
export const longestWait = 2 ** 31 - 1

/** Whole seconds until a moment, for a caller who is to come again: at least one. */
export function secondsUntil(at: number, now: number): number {
  return Math.min(Math.max(1, Math.ceil((at - now) / 1000)), longestWait)
}
