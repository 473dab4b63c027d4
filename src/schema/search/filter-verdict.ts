import { placeText } from '../../providers/incomplete.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'

/** The result of a condition that needs more than the row to be tested, such as a call per certificate. */
export interface FilterVerdict {
  accepts(row: PlacedCertificate): boolean
  /** Adds a parse issue to a certificate that could not be tested. */
  annotate<Row extends PlacedCertificate>(row: Row): Row
  /** Why certificates could not be tested, one sentence for each place that has some. */
  readonly incompleteReasons: readonly string[]
  /** What was read for the test. */
  readonly sources: readonly Source[]
}

/** The verdict of a condition that the filter does not contain. */
export const noVerdict: FilterVerdict = {
  accepts: () => true,
  annotate: (row) => row,
  incompleteReasons: [],
  sources: [],
}

interface TestedFilter {
  /** What the filter is called in a sentence. */
  readonly filter: string
  /** The ids of the certificates that meet the condition. */
  readonly accepted: ReadonlySet<string>
  /** Why a certificate could not be tested, by its id. It is accepted, because it may meet the condition. */
  readonly issues: ReadonlyMap<string, string>
  /** The lists with the certificates of `issues`. */
  readonly lists: readonly (readonly PlacedCertificate[])[]
  readonly sources?: readonly Source[]
}

/** A verdict by certificate id. */
export function toFilterVerdict({ filter, accepted, issues, lists, sources = [] }: TestedFilter): FilterVerdict {
  return {
    accepts: ({ id }) => accepted.has(id) || issues.has(id),
    annotate(row) {
      const issue = issues.get(row.id)
      return issue === undefined ? row : { ...row, parseIssues: [...row.parseIssues, issue] }
    },
    incompleteReasons: issues.size === 0 ? [] : untestedReasons(filter, issues, lists),
    sources,
  }
}

function untestedReasons(
  filter: string,
  issues: TestedFilter['issues'],
  lists: TestedFilter['lists'],
): readonly string[] {
  const counts = new Map<string, number>()
  for (const { id, place } of lists.flat()) {
    const text = placeText(place)
    if (issues.has(id)) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts].map(
    ([place, count]) =>
      `The filter on ${filter} could not be applied to ${count === 1 ? 'a certificate' : `${count} certificates`} of ` +
      `${place}; \`parseIssues\` says why`,
  )
}
