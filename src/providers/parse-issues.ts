/** More issues of a row are only counted. */
const maxIssues = 20
/** In characters. */
const maxIssueLength = 300

/** What could not be parsed of a row. The number of the issues and their lengths are bounded, whatever the vendor sent. */
export class ParseIssues {
  readonly #texts: string[] = []
  #more = 0

  add(issue: string): void {
    if (this.#texts.length === maxIssues) this.#more += 1
    else this.#texts.push(issue.length > maxIssueLength ? `${issue.slice(0, maxIssueLength)}…` : issue)
  }

  /** The first issues, and the number of the others. */
  get texts(): readonly string[] {
    return this.#more === 0 ? this.#texts : [...this.#texts, `… and ${this.#more} more`]
  }
}

/** The issues, as `ParseIssues` keeps them. */
export function boundIssues(issues: Iterable<string>): readonly string[] {
  const bounded = new ParseIssues()
  for (const issue of issues) bounded.add(issue)
  return bounded.texts
}
