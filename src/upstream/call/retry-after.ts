/** A day name comes first in every form of an HTTP date; Date.parse alone takes nearly any text with a number in it. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/** Whole seconds that a Retry-After header asks to wait, given as seconds or as a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, theirNow: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text)
  return secondsTo(parseHttpDate(text), theirNow)
}

/** Whole seconds from X-RateLimit-Next, which some of Akamai's interfaces send. */
export function parseRateLimitNext(value: string | undefined, theirNow: number): number | undefined {
  const text = value ?? ''
  return secondsTo(/^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN, theirNow)
}

/** The time by the vendor's own clock, where its Date header tells it. */
export function parseDate(value: string | undefined, now: number): number {
  const date = parseHttpDate(value?.trim() ?? '')
  return Number.isNaN(date) ? now : date
}

/** The form of C's asctime has no zone, and means GMT like the others (RFC 9110, 5.6.7). */
function parseHttpDate(text: string): number {
  return httpDate.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : Number.NaN
}

function secondsTo(date: number, now: number): number | undefined {
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}

/** The largest whole number that the public API can carry. */
export const maxRetryAfterSeconds = 2 ** 31 - 1

/** Whole seconds until a moment, for a caller who is to come again: at least one. */
export function secondsUntil(at: number, now: number): number {
  return Math.min(Math.max(1, Math.ceil((at - now) / 1000)), maxRetryAfterSeconds)
}
