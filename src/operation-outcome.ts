/** The report on a reading, as far as the log has it. */
interface ReportedSource {
  readonly place: { readonly provider: string; readonly vendorId: string }
  readonly kind: string
  readonly status: string
  readonly unreadableRows: number
  readonly error: { readonly code: string } | null
}

/** A source in the log. */
interface LoggedSource {
  readonly provider: string
  /** The vendor's id. */
  readonly place: string
  readonly kind: string
  readonly code: string | undefined
}

/** What the log says about the completeness and age of an answer. */
export interface OutcomeSummary {
  /** Nothing is missing because of a source. */
  readonly complete: boolean
  /** No source is stale. */
  readonly fresh: boolean
  /** The first sources that are stale, and those that failed. Absent when there are none. */
  readonly stale?: readonly LoggedSource[]
  readonly failed?: readonly LoggedSource[]
  /** How many further ones there are. */
  readonly moreSources?: number
}

/** Hundreds of places may fail together: the first ones show which account it is. */
const maxSources = 10

/** What an operation has read, as far as something is wrong with it. */
export class OperationOutcome {
  #isComplete = true
  /** Lists of sources as they were reported: in most operations there are none, and a catalogue has the same list for all. */
  readonly #reports = new Set<readonly ReportedSource[]>()

  /** Records sources. Those without a problem are ignored. */
  add(sources: readonly ReportedSource[]): void {
    if (sources.length > 0) this.#reports.add(sources)
  }

  /** The answer lacks something for another reason than a source. */
  lack(): void {
    this.#isComplete = false
  }

  get summary(): OutcomeSummary {
    if (this.#reports.size === 0) return { complete: this.#isComplete, fresh: true }
    const problems = new Map<string, ReportedSource>()
    let isComplete = this.#isComplete
    for (const sources of this.#reports) {
      for (const source of sources) {
        if (source.status === 'FAILED' || source.unreadableRows > 0) isComplete = false
        const { place, kind, status } = source
        if (status !== 'OK') problems.set(`${place.provider} ${place.vendorId} ${kind}`, source)
      }
    }
    const all = [...problems.values()]
    const shown = all.slice(0, maxSources)
    const stale = shown.filter(({ status }) => status === 'STALE').map(toLogged)
    const failed = shown.filter(({ status }) => status === 'FAILED').map(toLogged)
    return {
      complete: isComplete,
      fresh: all.every(({ status }) => status !== 'STALE'),
      ...(stale.length > 0 && { stale }),
      ...(failed.length > 0 && { failed }),
      ...(all.length > shown.length && { moreSources: all.length - shown.length }),
    }
  }
}

function toLogged({ place: { provider, vendorId }, kind, error }: ReportedSource): LoggedSource {
  return { provider, place: vendorId, kind, code: error?.code }
}
