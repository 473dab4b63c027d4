import type { CertificateListQuery, CoverageQuery } from './generated/graphql.ts'

export type CertificateRow = NonNullable<CertificateListQuery['certificates']>['nodes'][number]

/** Why a certificate has its expiry status. The API reports no thresholds, so the reason names none. */
export function toStatusReason(row: CertificateRow, now: number): string {
  const { expiryStatus, expiresAt } = row
  const end = expiresAt === null ? null : Date.parse(expiresAt)
  switch (expiryStatus) {
    case 'EXPIRED':
      // The vendor may report a certificate as expired without a date, or before it.
      return end === null || end > now ? 'Expired by its status at the vendor' : 'Past its end'
    case 'CRITICAL':
      return 'Ends within the critical time'
    case 'WARNING':
      return 'Ends within the warning time'
    case 'UNKNOWN':
      return row.parseIssues[0] ?? 'The vendor reports no date'
    case 'OK':
      return 'Ends after the warning time'
  }
}

export type Coverage = 'covered' | 'not covered' | 'unknown'

/** Which certificates of a page have a known replacement. */
export type CoverageOf = (id: string) => Coverage | 'loading'

/**
 * Reads it from the same page of the list without replacements: what that list leaves out is covered. When it is incomplete, it may have
 * certificates that could not be checked.
 */
export function toCoverageOf(answer: CoverageQuery['certificates'] | undefined): CoverageOf {
  if (answer === undefined) return () => 'loading'
  if (answer === null) return () => 'unknown'
  const ids = new Set(answer.nodes.map(({ id }) => id))
  return (id) => (!ids.has(id) ? 'covered' : answer.complete ? 'not covered' : 'unknown')
}
