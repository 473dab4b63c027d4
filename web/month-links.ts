import { toCertificatesHref } from './certificate-query.ts'

/** The list of the certificates that expire in a month of the statistics, which are months in UTC. */
export function toMonthHref(firstDay: string): string {
  const start = Date.parse(`${firstDay}T00:00:00Z`)
  const end = new Date(start)
  end.setUTCMonth(end.getUTCMonth() + 1)
  return toCertificatesHref({
    conditions: {
      // Both limits are excluded from the list. Its first moment belongs to a month, and times have milliseconds.
      expiresAfter: new Date(start - 1).toISOString(),
      expiresBefore: end.toISOString(),
      excludeUnknownExpiry: true,
    },
  })
}
