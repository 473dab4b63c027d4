import type { CertificateFilter } from '../catalog/filter.ts'
import type { CertificatePlace, HeldCertificate } from '../providers/place.ts'
import type { Operation } from '../upstream/operation.ts'
import { noVerdicts, toVerdicts, type Verdicts } from './verdicts.ts'

interface Candidates {
  /** Whether a certificate passes all other conditions. */
  isCandidate(row: HeldCertificate): boolean
  readonly maxStaleness: number | undefined
}

/** Leaves out the candidates that will be replaced before they end, as their places know. */
export async function testUncovered(
  operation: Operation,
  lists: readonly (readonly HeldCertificate[])[],
  { expiringUncovered }: CertificateFilter,
  { isCandidate, maxStaleness }: Candidates,
): Promise<Verdicts> {
  if (typeof expiringUncovered !== 'number') return noVerdicts
  const candidates = lists.flatMap((list) => list.filter(isCandidate))
  const renewals = await Promise.all(
    byScope(candidates).map(({ scope, rows }) => scope.renewals(operation, rows, maxStaleness)),
  )
  const covered = new Set(renewals.flatMap((each) => [...each.covered]))
  const uncovered = candidates.map(({ id }) => id).filter((id) => !covered.has(id))
  const issues = renewals.flatMap(({ unknown }) => [...unknown].map(([id, why]) => [id, toIssue(why)] as const))
  return toVerdicts(
    new Set(uncovered),
    new Map(issues),
    renewals.flatMap(({ sources }) => sources),
  )
}

function byScope(rows: readonly HeldCertificate[]) {
  const groups = new Map<string, { readonly scope: CertificatePlace; readonly rows: HeldCertificate[] }>()
  for (const row of rows) {
    const group = groups.get(row.scope.id)
    if (group) group.rows.push(row)
    else groups.set(row.scope.id, { scope: row.scope, rows: [row] })
  }
  return [...groups.values()]
}

function toIssue(why: string): string {
  return `listed although it could not be found out whether it is renewed in time: ${why}`
}
