import { copyRow } from '../../catalog/certificate.ts'
import { placeText } from '../../providers/incomplete.ts'
import type { Place, PlacedCertificate, Source } from '../../providers/place.ts'

/** The result of a condition that needs more than the row to be tested, such as a call per certificate. */
export interface FilterVerdict {
  /** Absent when all are accepted. */
  readonly accepts: ((row: PlacedCertificate) => boolean) | undefined
  /** Adds a parse issue to a certificate that could not be tested. */
  annotate<Row extends PlacedCertificate>(row: Row): Row
  /** Why certificates could not be tested, one sentence for each place that has some. */
  readonly incompleteReasons: readonly string[]
  /** What was read for the test. */
  readonly sources: readonly Source[]
}

/** The verdict of a condition that the filter does not contain. */
export const noVerdict: FilterVerdict = {
  accepts: undefined,
  annotate: (row) => row,
  incompleteReasons: [],
  sources: [],
}

/** A certificate that could not be tested. */
export interface Untested {
  readonly why: string
  readonly place: Place
}

interface TestedFilter {
  /** What the filter is called in a sentence. */
  readonly filter: string
  /** The ids of the certificates that meet the condition. */
  readonly accepted: ReadonlySet<string>
  /** The certificates that could not be tested, by id. They are accepted, because they may meet the condition. */
  readonly issues: ReadonlyMap<string, Untested>
  readonly sources?: readonly Source[]
}

/** A verdict by certificate id. */
export function toFilterVerdict({ filter, accepted, issues, sources = [] }: TestedFilter): FilterVerdict {
  return {
    accepts: ({ id }) => accepted.has(id) || issues.has(id),
    annotate(row) {
      const issue = issues.get(row.id)
      return issue === undefined ? row : copyRow(row, { parseIssues: [...row.parseIssues, issue.why] })
    },
    incompleteReasons: issues.size === 0 ? [] : untestedReasons(filter, issues),
    sources,
  }
}

function untestedReasons(filter: string, issues: TestedFilter['issues']): readonly string[] {
  const counts = new Map<Place, number>()
  for (const { place } of issues.values()) counts.set(place, (counts.get(place) ?? 0) + 1)
  return [...counts].map(
    ([place, count]) =>
      `The filter on ${filter} could not be applied to ${count === 1 ? 'a certificate' : `${count} certificates`} of ` +
      `${placeText(place)}; \`parseIssues\` says why`,
  )
}
