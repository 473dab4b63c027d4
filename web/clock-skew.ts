import type { OverviewQuery } from './generated/graphql.ts'

/** Clocks may differ by this much. Certificates end on a day, and a reading is minutes old. */
const tolerance = 300_000
/** A reading that is older needs a `ttl` of days, or another clock. */
const maxReadingAge = 86_400_000

interface SkewBasis {
  readonly answer: OverviewQuery
  /** When it was received, by the time in the headers of the server. */
  readonly receivedAt: number
  /** By how much the clock of this computer differed from that time. */
  readonly clockSkew: number
}

/**
 * By how much the clocks of the computer of the reader, of the headers and of certgraph differ, in milliseconds, as far as the answer shows:
 * null when they agree. The statuses and ages of certificates are wrong by as much.
 */
export function toClockSkew({ answer, receivedAt, clockSkew }: SkewBasis): number | null {
  const { certificateStatistics: statistics, next } = answer
  const readings = (statistics?.sources ?? []).flatMap(({ asOf, status }) =>
    asOf === null ? [] : [{ age: receivedAt - Date.parse(asOf), isOld: status === 'OK' }],
  )
  const skews = [
    Math.abs(clockSkew),
    ...readings.map(({ age, isOld }) => (age < 0 ? -age : isOld && age > maxReadingAge ? age : 0)),
    // By the clock of certgraph, none of these has ended.
    ...(next?.nodes ?? []).map(({ expiresAt }) => (expiresAt === null ? 0 : receivedAt - Date.parse(expiresAt))),
    toMonthSkew(statistics?.byExpiryMonth[0]?.key, receivedAt),
  ]
  const skew = Math.max(...skews)
  return skew > tolerance ? skew : null
}

/** How far the month that is the present one for certgraph is from the time. */
function toMonthSkew(month: string | undefined, time: number): number {
  if (month === undefined) return 0
  const start = new Date(`${month}T00:00:00Z`)
  const end = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1)
  return Math.max(start.getTime() - time, time - end)
}
