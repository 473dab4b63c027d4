import type { PlacedCertificate, Source } from '../../providers/place.ts'

/** The result of a condition that needs more than the row to be tested, such as a call per certificate. */
export interface FilterVerdict {
  accepts(row: PlacedCertificate): boolean
  /** Adds a parse issue to a certificate that could not be tested. */
  annotate(row: PlacedCertificate): PlacedCertificate
  /** Whether every certificate could be tested. */
  readonly complete: boolean
  /** What was read for the test. */
  readonly sources: readonly Source[]
}

/** The verdict of a condition that the filter does not contain. */
export const noVerdict: FilterVerdict = { accepts: () => true, annotate: (row) => row, complete: true, sources: [] }

/** A verdict by certificate id. A certificate in `issues` could not be tested; it is accepted, because it may match. */
export function toFilterVerdict(
  accepted: ReadonlySet<string>,
  issues: ReadonlyMap<string, string>,
  sources: readonly Source[] = [],
): FilterVerdict {
  return {
    accepts: ({ id }) => accepted.has(id) || issues.has(id),
    annotate(row) {
      const issue = issues.get(row.id)
      return issue === undefined ? row : { ...row, parseIssues: [...row.parseIssues, issue] }
    },
    complete: issues.size === 0,
    sources,
  }
}
