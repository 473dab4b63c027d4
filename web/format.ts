// The words of the page are English. Dates and numbers are in the reader's locale.

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const formats = new Map<string, Intl.DateTimeFormat>()

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options)
  const known = formats.get(key)
  if (known) return known
  const created = new Intl.DateTimeFormat(undefined, options)
  formats.set(key, created)
  return created
}

const numbers = new Intl.NumberFormat()
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

export const formatNumber = (value: number): string => numbers.format(value)

/** A number with its noun: 1 certificate, 2,000 certificates. */
export const formatCount = (count: number, noun: string, plural = `${noun}s`): string =>
  `${formatNumber(count)} ${count === 1 ? noun : plural}`

/** 29 Nov 2026 */
export const formatDate = (time: number): string => dateFormat({ dateStyle: 'medium' }).format(time)

/** 29 Nov 2026, 03:12 CET */
export const formatDateTime = (time: number): string =>
  `${formatDate(time)}, ${dateFormat({ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }).format(time)}`

/** 29 November 2026 at 03:12:44 CET */
export const formatExactTime = (time: number): string =>
  dateFormat({ dateStyle: 'long', timeStyle: 'long' }).format(time)

/** The time of day, and the date unless it is today's. */
export function formatMoment(time: number, now: number): string {
  const timeOfDay = dateFormat({ timeStyle: 'short' }).format(time)
  return formatDate(time) === formatDate(now) ? timeOfDay : `${formatDate(time)}, ${timeOfDay}`
}

export const formatUtcDate = (time: number): string => dateFormat({ dateStyle: 'medium', timeZone: 'UTC' }).format(time)

/** A month of a calendar in UTC. */
export const formatMonth = (time: number, month: 'short' | 'long' = 'long'): string =>
  dateFormat({ month, year: 'numeric', timeZone: 'UTC' }).format(time)

export const formatMonthName = (time: number): string => dateFormat({ month: 'short', timeZone: 'UTC' }).format(time)

/** How long ago something was, in a few letters. A time that the clock has not reached is now. */
export const formatAge = (time: number, now: number): string =>
  now - time < minute ? 'just now' : formatRelative(time, now)

/** The distance in whole units, rounded toward now: in 9 days, 4 minutes ago. */
export function formatRelative(time: number, now: number): string {
  const distance = time - now
  const size = Math.abs(distance)
  if (size < minute) return distance > 0 ? 'in less than a minute' : 'less than a minute ago'
  const [unit, length]: [Intl.RelativeTimeFormatUnit, number] =
    size < hour
      ? ['minute', minute]
      : size < 2 * day
        ? ['hour', hour]
        : size < 90 * day
          ? ['day', day]
          : size < 730 * day
            ? ['month', 30.44 * day]
            : ['year', 365.25 * day]
  return relative.format(Math.trunc(distance / length), unit)
}

/** A length of time in whole units: 59 days. */
export const formatLength = (length: number): string => formatRelative(length, 0).slice('in '.length)

/** When a rate limit allows more calls: more in 40 s. */
export function formatReset(time: number, now: number): string {
  if (time <= now) return 'more now'
  return time - now < minute ? `more in ${Math.ceil((time - now) / 1_000)} s` : `more ${formatRelative(time, now)}`
}

const durationUnits = { W: 'week', D: 'day', H: 'hour', M: 'minute', S: 'second' } as const

/** An ISO 8601 duration in words: P14D is 14 days. One with several units stays as it is. */
export function formatDuration(text: string): string {
  const [, amount, unit] = /^P(?:T(?=\d+[HMS]$))?(\d{1,9})([WDHMS])$/.exec(text) ?? []
  if (amount === undefined || unit === undefined) return text
  return formatCount(Number(amount), durationUnits[unit as keyof typeof durationUnits])
}
