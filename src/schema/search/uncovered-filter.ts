import type { CertificateFilter } from '../../catalog/filter.ts'
import type { Operation } from '../../operation.ts'
import type { CertificateHolder, PlacedCertificate } from '../../providers/place.ts'
import { type FilterVerdict, noVerdict, toFilterVerdict } from './filter-verdict.ts'

interface Candidates {
  /** Whether a certificate meets all other conditions. */
  isCandidate(row: PlacedCertificate): boolean
  readonly maxStaleness: number | undefined
}

/** Excludes the candidates that will be replaced before they expire, as reported by their places. */
export async function testUncovered(
  operation: Operation,
  lists: readonly (readonly PlacedCertificate[])[],
  { expiringUncovered }: CertificateFilter,
  { isCandidate, maxStaleness }: Candidates,
): Promise<FilterVerdict> {
  if (typeof expiringUncovered !== 'number') return noVerdict
  const candidates = lists.flatMap((list) => list.filter(isCandidate))
  const renewals = await Promise.all(
    byPlace(candidates).map(({ place, rows }) => place.renewals(operation, rows, maxStaleness)),
  )
  const covered = new Set(renewals.flatMap((each) => [...each.covered]))
  const uncovered = candidates.map(({ id }) => id).filter((id) => !covered.has(id))
  const issues = renewals.flatMap(({ unknown }) => [...unknown].map(([id, why]) => [id, toIssue(why)] as const))
  return toFilterVerdict({
    filter: 'renewals',
    accepted: new Set(uncovered),
    issues: new Map(issues),
    lists: [candidates],
    sources: renewals.flatMap(({ sources }) => sources),
  })
}

function byPlace(rows: readonly PlacedCertificate[]) {
  const groups = new Map<string, { readonly place: CertificateHolder; readonly rows: PlacedCertificate[] }>()
  for (const row of rows) {
    const group = groups.get(row.place.id)
    if (group) group.rows.push(row)
    else groups.set(row.place.id, { place: row.place, rows: [row] })
  }
  return [...groups.values()]
}

function toIssue(why: string): string {
  return `returned although its renewal could not be checked: ${why}`
}
