/** More characters than any of these headers needs. */
const maxLength = 100
/** Every form of an HTTP date begins with the day's name. Date.parse alone accepts almost any text with a number in it. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/** The whole seconds of a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, vendorNow: number): number | undefined {
  const text = toHeader(value)
  if (/^\d+$/.test(text)) return Number(text)
  return secondsTo(parseHttpDate(text), vendorNow)
}

/** The whole seconds of X-RateLimit-Next, a date that some vendors send. */
export function parseRateLimitNext(value: string | undefined, vendorNow: number): number | undefined {
  const text = toHeader(value)
  return secondsTo(/^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN, vendorNow)
}

/** The time of the vendor's clock, from its Date header; `now` without one. */
export function parseDate(value: string | undefined, now: number): number {
  const date = parseHttpDate(toHeader(value))
  return Number.isNaN(date) ? now : date
}

/** The text of a header; empty when it is missing or very long. */
function toHeader(value = ''): string {
  return value.length > maxLength ? '' : value.trim()
}

/** The form of C's asctime has no zone and means GMT, like the others (RFC 9110, 5.6.7). */
function parseHttpDate(text: string): number {
  return httpDate.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : Number.NaN
}

function secondsTo(date: number, now: number): number | undefined {
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}

/** The largest Int of GraphQL. */
export const maxRetryAfterSeconds = 2 ** 31 - 1

/** Whole seconds from one monotonic time to another, for `retryAfterSeconds`: at least one. */
export function secondsUntil(at: number, now: number): number {
  return Math.min(Math.max(1, Math.ceil((at - now) / 1000)), maxRetryAfterSeconds)
}
