import { type CertificateFilter, createX509Test } from '../catalog/filter.ts'
import type { HeldCertificate } from '../providers/place.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { Operation } from '../upstream/operation.ts'

/** What a filter on X.509 fields makes of the certificates that pass all else. */
export interface X509Verdicts {
  accepts(row: HeldCertificate): boolean
  /** Adds to a certificate that it is listed because nobody could know. */
  annotate(row: HeldCertificate): HeldCertificate
  /** Every certificate could be judged. */
  readonly complete: boolean
}

/** Judges every candidate; one whose X.509 form cannot be read stays in, for it might be the one that is looked for. */
export async function testX509(
  operation: Operation,
  lists: readonly (readonly HeldCertificate[])[],
  filter: CertificateFilter,
  isCandidate: (row: HeldCertificate) => boolean,
): Promise<X509Verdicts> {
  const test = createX509Test(filter)
  if (!test) return { accepts: () => true, annotate: (row) => row, complete: true }
  const accepted = new Set<string>()
  const unread = new Map<string, string>()
  const judge = async (row: HeldCertificate) => {
    try {
      if (test(row.x509 ?? (await row.scope.x509(operation, row)))) accepted.add(row.id)
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      unread.set(row.id, `listed although the filter on X.509 fields could not be applied: ${error.message}`)
    }
  }
  await Promise.all(lists.flatMap((list) => list.filter(isCandidate).map(judge)))
  return {
    accepts: ({ id }) => accepted.has(id) || unread.has(id),
    annotate: (row) => {
      const issue = unread.get(row.id)
      return issue === undefined ? row : { ...row, parseIssues: [...row.parseIssues, issue] }
    },
    complete: unread.size === 0,
  }
}
