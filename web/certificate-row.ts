import type { CertificateListQuery } from './generated/graphql.ts'

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

/** A list of certificates without a replacement. */
interface WithoutReplacement {
  readonly complete: boolean
  /** Given for a list that is read from its beginning: with more rows than it has here, it says nothing about the others. */
  readonly totalCount?: number
  readonly nodes: readonly { readonly id: string }[]
}

/**
 * Reads it from the list of those without a replacement: what a complete list leaves out is covered. An incomplete one may lack certificates
 * that could not be read, and has those that could not be checked. Undefined while it is loaded; null when it could not be.
 */
export function toCoverageOf(list: WithoutReplacement | null | undefined): CoverageOf {
  if (list === undefined) return () => 'loading'
  if (!list?.complete) return () => 'unknown'
  const { nodes, totalCount = nodes.length } = list
  const ids = new Set(nodes.map(({ id }) => id))
  return (id) => (ids.has(id) ? 'not covered' : totalCount > nodes.length ? 'unknown' : 'covered')
}
