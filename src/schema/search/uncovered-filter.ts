import type { CertificateFilter } from '../../catalog/filter.ts'
import type { Operation } from '../../operation.ts'
import type { CertificateHolder, PlacedCertificate } from '../../providers/place.ts'
import { visitInSlices } from '../../time-slice.ts'
import { type FilterVerdict, noVerdict, toFilterVerdict, type Untested } from './filter-verdict.ts'

interface Candidates {
  /** Whether a certificate meets all other conditions. */
  readonly isCandidate: ((row: PlacedCertificate) => boolean) | undefined
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
  const { timeSlice } = operation
  const groups = new Map<string, { readonly place: CertificateHolder; readonly rows: PlacedCertificate[] }>()
  for (const list of lists) {
    await visitInSlices(list, timeSlice, (row) => {
      if (isCandidate && !isCandidate(row)) return
      const group = groups.get(row.place.id)
      if (group) group.rows.push(row)
      else groups.set(row.place.id, { place: row.place, rows: [row] })
    })
  }
  operation.plan?.noteCallsPerRow()
  const found = await Promise.all(
    [...groups.values()].map(async ({ place, rows }) => ({
      place,
      rows,
      renewals: await place.renewals(operation, rows, maxStaleness),
    })),
  )
  const accepted = new Set<string>()
  const issues = new Map<string, Untested>()
  for (const { place, rows, renewals } of found) {
    await visitInSlices(rows, timeSlice, ({ id }) => {
      const why = renewals.unknown.get(id)
      if (why !== undefined) issues.set(id, { why: toIssue(why), place })
      else if (!renewals.covered.has(id)) accepted.add(id)
    })
  }
  if (issues.size > 0) operation.plan?.noteUntested()
  return toFilterVerdict({
    filter: 'renewals',
    accepted,
    issues,
    sources: found.flatMap(({ renewals }) => renewals.sources),
  })
}

function toIssue(why: string): string {
  return `returned although its renewal could not be checked: ${why}`
}
