import { type Coverage, toCoverageOf } from './certificate-row.ts'
import { formatDate } from './format.ts'
import type { CertificateCoverageQuery, CertificateFilter } from './generated/graphql.ts'
import { anyTime } from './list-variables.ts'

interface Described {
  readonly name: string | null
  readonly expiresAt: string | null
  readonly place: { readonly id: string }
}

/** The filter that selects a certificate if it has no replacement, and few others. */
export function toCoverageFilter({ name, expiresAt, place }: Described): CertificateFilter {
  const end = expiresAt === null ? null : Date.parse(expiresAt)
  return {
    placeIds: [place.id],
    expiringUncovered: anyTime,
    // Without it, a deleted certificate is missing from the list as if it were covered.
    includeDeleted: true,
    ...(name === null || name.length > 256 ? {} : { nameContains: name }),
    // Both limits are excluded. A certificate of unknown expiry passes them.
    ...(end === null
      ? {}
      : { expiresAfter: new Date(end - 1).toISOString(), expiresBefore: new Date(end + 1).toISOString() }),
  }
}

/** What is said about the automatic renewal of an enrollment: a start that has passed without a renewal is no promise. */
export function toAutomaticNote(start: number, now: number, coverage: Coverage | 'loading'): string {
  const date = formatDate(start)
  if (start > now) return `Automatic from ${date}`
  return coverage === 'not covered' ? `Was due on ${date}, not seen` : `Automatic since ${date}`
}

/** What the list of the filter says about the certificate. */
export function toCoverage(answer: CertificateCoverageQuery['certificates'] | undefined, id: string): Coverage {
  const coverage = toCoverageOf(answer ?? null)(id)
  return coverage === 'loading' ? 'unknown' : coverage
}
