import type { PlacedCertificate } from '../../providers/place.ts'
import type { Source } from '../../providers/source.ts'

/** What a condition that takes more than a row to judge makes of the certificates that pass all before it. */
export interface FilterVerdict {
  accepts(row: PlacedCertificate): boolean
  /** Adds to a certificate that it is listed because nobody could know. */
  annotate(row: PlacedCertificate): PlacedCertificate
  /** Every certificate could be judged. */
  readonly complete: boolean
  /** What had to be read for it. */
  readonly sources: readonly Source[]
}

/** Of a condition that a filter does not have. */
export const noVerdict: FilterVerdict = { accepts: () => true, annotate: (row) => row, complete: true, sources: [] }

/**
 * Verdicts by id. What could not be judged stays in, for it might be what is looked for, and says why: `issues` has a line
 * for each.
 */
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
