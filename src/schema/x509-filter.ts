import { type CertificateFilter, createX509Test } from '../catalog/filter.ts'
import type { HeldCertificate } from '../providers/place.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { Operation } from '../upstream/operation.ts'
import { noVerdicts, toVerdicts, type Verdicts } from './verdicts.ts'

/** Judges every candidate by its X.509 form; one whose form cannot be read could not be judged. */
export async function testX509(
  operation: Operation,
  lists: readonly (readonly HeldCertificate[])[],
  filter: CertificateFilter,
  isCandidate: (row: HeldCertificate) => boolean,
): Promise<Verdicts> {
  const test = createX509Test(filter)
  if (!test) return noVerdicts
  const accepted = new Set<string>()
  const issues = new Map<string, string>()
  const judge = async (row: HeldCertificate) => {
    try {
      if (test(row.x509 ?? (await row.scope.x509(operation, row)))) accepted.add(row.id)
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      issues.set(row.id, `listed although the filter on X.509 fields could not be applied: ${error.message}`)
    }
  }
  await Promise.all(lists.flatMap((list) => list.filter(isCandidate).map(judge)))
  return toVerdicts(accepted, issues)
}
